import type { SimulatedWorld } from '@ferry/hypervisor/simulated';
import type { Store } from '../../store/store.ts';
import type { Guest } from './guests.test-support.ts';
import { hostNames } from './schedule.test-support.ts';

/** Null, or what is wrong at this very moment: a guest that runs twice. */
export function brokenNow(world: SimulatedWorld, guests: readonly Guest[]): string | null {
  for (const { id } of guests) {
    const runners = world.runners(id);
    if (runners.length > 1) return `${id} runs on ${runners.join(' and ')} at the same time`;
  }
  return null;
}

/** What must be so once all is healed and had time to come to its end. */
export async function brokenAtTheEnd(
  world: SimulatedWorld,
  store: Store,
  guests: readonly Guest[],
  killed: ReadonlySet<string>,
): Promise<string[]> {
  const open = await store.operations.unfinished();
  const broken: string[] = [];
  const waiting = new Set<string>();
  for (const { operationId } of open) {
    const migration = await store.migrations.byId(operationId);
    const why = migration?.phase ?? 'no migration';
    if (migration !== null) waiting.add(migration.instanceId);
    // A guest that was killed while nobody could know which copy is the last is a person's to decide: that is said.
    const told = /^(blocked: |not known |waits: )./.test(why);
    const excused = told && migration !== null && killed.has(migration.instanceId);
    if (!excused)
      broken.push(`operation ${operationId} has not come to its end: ${migration?.status}, ${why}`);
  }
  const instances = await store.instances.list();
  const hosts = new Map((await store.hosts.list()).map((host) => [host.id, host.name]));
  if (open.length === 0) {
    for (const [hostId, name] of hosts) {
      const claimed = await store.migrations.claimedMemoryBytes(hostId);
      if (claimed !== 0) broken.push(`${claimed} bytes of ${name} stay claimed`);
    }
  }
  for (const guest of guests) {
    if (waiting.has(guest.id)) continue;
    const instance = instances.find(({ id }) => id === guest.id);
    const host = hosts.get(instance?.hostId ?? '') ?? 'nowhere';
    if (instance === undefined || instance.operationId !== null || instance.taskState !== null)
      broken.push(`the record of ${guest.id} is not at rest: ${JSON.stringify(instance)}`);
    broken.push(...misplaced(world, guest, host, killed.has(guest.id)));
  }
  broken.push(
    ...leftovers(world, guests, new Map(instances.map(({ id, hostId }) => [id, hosts.get(hostId) ?? ''])), {
      waiting,
      told: await toldAsKept(store),
    }),
  );
  return broken;
}

/** The guest is where its record says, as it was, with what it wrote. */
function misplaced(world: SimulatedWorld, guest: Guest, host: string, killed: boolean): string[] {
  const broken: string[] = [];
  const domain = hostNames.includes(host as 'compute11') ? world.host(host).domains.get(guest.id) : undefined;
  if (domain === undefined) return [`${guest.id} belongs to ${host}, which has no such domain`];
  if (!domain.persistent) broken.push(`the definition of ${guest.id} on ${host} would not outlive its QEMU`);
  if (domain.autostart !== guest.autostart)
    broken.push(`autostart of ${guest.id} on ${host} is ${domain.autostart}`);
  if (domain.job !== null || domain.incomingFrom !== null) broken.push(`${guest.id} on ${host} still moves`);
  const runs = world.runners(guest.id);
  if (!killed && guest.state === 'running' && runs.join() !== host)
    broken.push(
      `${guest.id} belongs to ${host} and runs on ${runs.join() || 'no host'}: ${domain.state} (${domain.reason})`,
    );
  if (runs.some((one) => one !== host))
    broken.push(`${guest.id} belongs to ${host} and runs on ${runs.join()}`);
  const file = world.host(host).directories.get(guest.directory)?.get(guest.disk);
  if (file?.content !== guest.written)
    broken.push(
      `the disk of ${guest.id} on ${host} holds ${file?.content ?? 'nothing'}, it wrote ${guest.written}`,
    );
  return broken;
}

/** Files that stay because nobody could say whose they are, as a host would not be looked at: the record names them, with why. */
async function toldAsKept(store: Store): Promise<ReadonlySet<string>> {
  const migrations = await store.migrations.newest(1000);
  return new Set(
    migrations.flatMap(({ kept }) =>
      kept
        .filter(({ because }) => because.includes('cannot be read'))
        .map(({ host, path }) => `${host} ${path}`),
    ),
  );
}

/** Nothing of a guest stands on a host that it does not belong to. */
function leftovers(
  world: SimulatedWorld,
  guests: readonly Guest[],
  homes: ReadonlyMap<string, string>,
  { waiting, told }: { readonly waiting: ReadonlySet<string>; readonly told: ReadonlySet<string> },
): string[] {
  const broken: string[] = [];
  for (const host of world.hosts.values()) {
    for (const [id, { state, reason }] of host.domains)
      if (homes.get(id) !== host.name && !waiting.has(id))
        broken.push(`${host.name} keeps domain ${id}: ${state} (${reason})`);
    for (const id of host.staleBindings)
      if (!waiting.has(id)) broken.push(`${host.name} keeps the binding of a packet filter of ${id}`);
    for (const [directory, files] of host.directories) {
      for (const [name, file] of files) {
        // What a check made to look may stay where a host or a controller went away in that moment (decision 4).
        if (/^\.ferry-(?:lock-)?probe/.test(name)) continue;
        const guest = guests.find((one) => one.disk === name && one.directory === directory);
        const home = guest === undefined ? null : (homes.get(guest.id) ?? '');
        const may =
          name === 'base.qcow2' || home === host.name || (directory === '/shared' && guest !== undefined);
        if (waiting.size > 0 && guest === undefined) continue;
        if (told.has(`${host.name} ${directory}/${name}`)) continue;
        if (
          (!may && !(guest !== undefined && waiting.has(guest.id))) ||
          (name === 'base.qcow2' && file.unfinished !== undefined)
        )
          broken.push(
            `${host.name} keeps ${directory}/${name}${file.unfinished === undefined ? '' : ', in part'}`,
          );
      }
    }
  }
  return broken;
}
