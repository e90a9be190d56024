import { NothingMoved, type Outputs, type RunResult, type StepContext, workflow } from '@ferry/workflow';
import type { Services } from '../engine/services.ts';
import { HypervisorError, type HypervisorHost, type NewDisk } from '@ferry/hypervisor';
import type { Store } from '../../store/store.ts';
import { conclude, type Conclusion } from '../engine/conclude.ts';
import type { Host, Instance, NetworkPlace, PoolPlace, Volume } from '@ferry/model';
import { domainsWithVolume } from './remove-content.ts';
import { lookForVolume } from './look-for-pools.ts';

const minute = 60_000;

/** One volume comes to one instance. */
export const attachVolumeWorkflow = workflow<AttachInput, Services>('attach-volume')
  .step({
    name: 'see-pool',
    why: 'a pool that ran before is not stopped again',
    deadlineMs: minute,
    do: seePool,
  })
  .step({
    name: 'start-pool',
    why: 'a pool that does not run, or has not looked for long, knows nothing of the volume',
    deadlineMs: 2 * minute,
    do: startPool,
    undo: stopPool,
  })
  .pivot({ name: 'give-disk', deadlineMs: 5 * minute, do: giveDisk })
  .build();

/** What the attaching of a volume works from. It stands in the log, so it is plain data. */
export interface AttachInput {
  readonly instanceId: string;
  readonly instanceName: string;
  readonly host: { readonly id: string; readonly name: string; readonly uri: string };
  readonly volumeId: string;
  readonly volumeName: string;
  readonly disk: NewDisk;
}

type Context<Output extends object = object> = StepContext<AttachInput, Services, Output>;

function hostOf({ services, input }: Context): HypervisorHost {
  return services.hypervisor.host(input.host.uri);
}

/** Whether its pool runs before anything is done; null: a disk on the network needs none. */
async function seePool(context: Context): Promise<{ readonly active: boolean } | null> {
  const { disk, host } = context.input;
  if (disk.place.kind !== 'pool') return null;
  const pool = await hostOf(context).pools.pool(disk.place.pool, { signal: context.signal });
  if (pool !== null) return { active: pool.active };
  throw new HypervisorError('no-image', host.uri, `${host.name} has no pool ${disk.place.pool} any more`);
}

/** The pool runs, and has been looked at anew. */
async function startPool(context: Context): Promise<void> {
  const { place } = context.input.disk;
  if (place.kind === 'pool') await hostOf(context).pools.ensureActive(place.pool, { signal: context.signal });
}

/** A pool that was started for this alone stops again. */
async function stopPool(
  context: Context<{ readonly 'see-pool': { readonly active: boolean } | null }>,
): Promise<void> {
  const { place } = context.input.disk;
  if (place.kind !== 'pool' || context.output['see-pool']?.active !== false) return;
  const { pools, domains } = hostOf(context);
  const call = { signal: context.signal };
  if ((await domains.unread(call)).length > 0) return;
  const isUsed = (await domains.list(call)).some(({ disks }) =>
    disks.some(({ volume }) => volume?.pool === place.pool),
  );
  if (!isUsed) await pools.ensureInactive(place.pool, call);
}

/**
 * The guest gets the disk. What the host says is no proof: after a refusal it is looked at, and only a domain that has not got
 * the disk was given nothing. A host that does not answer is asked again until it does.
 */
async function giveDisk(context: Context): Promise<void> {
  const { disks } = hostOf(context);
  const { instanceId, disk } = context.input;
  const call = { signal: context.signal };
  try {
    await disks.ensureAttached(instanceId, disk, call);
  } catch (error) {
    if (!(error instanceof HypervisorError) || error.mayHaveRun || isSilence(error)) throw error;
    const there = (await disks.of(instanceId, call)).some(({ serial }) => serial === disk.serial);
    if (there) throw error;
    throw new NothingMoved('volume-refused-by-host', error.message, { cause: error });
  }
}

function isSilence({ code }: HypervisorError): boolean {
  return code === 'unreachable' || code === 'deadline' || code === 'aborted';
}

/** Writes down whether the instance has the volume now, and frees both. Doing it twice changes nothing. */
export function concludeAttach(
  store: Store,
  id: string,
  { instanceId, volumeName, host }: AttachInput,
  result: RunResult<Outputs>,
): Promise<Conclusion> {
  return conclude(store, id, result, {
    done: () => store.attachments.endAttached(id, instanceId, null),
    undone: (failure) =>
      store.attachments.endDetached(id, instanceId, {
        message: `${volumeName} was not attached: ${failure.message}`,
        remedy: `See the message and libvirtd's log on ${host.name}; nothing has changed.`,
      }),
  });
}

/** All that keeps a host from giving an instance a volume, a sentence each, with what to do; none: it can. */
export async function whyNotHere(
  services: Services,
  volume: Volume,
  instance: Instance,
  host: Host,
): Promise<string[]> {
  const { place } = volume;
  const reasons =
    place.kind === 'pool'
      ? await whyNoPool(services, volume, place, host)
      : await whyNoSecret(services, place, host);
  if (volume.shareable) return reasons;
  return [...reasons, ...(await otherUsers(services, volume, instance, host))];
}

async function whyNoPool(
  services: Services,
  volume: Volume,
  place: PoolPlace,
  host: Host,
): Promise<string[]> {
  if (!volume.hostIds.includes(host.id)) {
    const hosts = (await services.store.hosts.list()).filter(({ id }) => volume.hostIds.includes(id));
    const names = hosts.map(({ name }) => name).join(', ');
    return [`It is on ${names}, and the instance on ${host.name}: move the instance there.`];
  }
  const reached = services.hypervisor.host(host.uri);
  const call = { deadlineMs: services.limits.inspectMs };
  const pool = await reached.pools.pool(place.pool, call);
  if (pool === null) return [`${host.name} has no pool ${place.pool}: define and start it there.`];
  // One that is stopped is started, and shows then what it has.
  if (!pool.active || (await lookForVolume(reached, place, call)) !== null) return [];
  return [`${host.name} has no volume ${place.name} in its pool ${place.pool} any more.`];
}

async function whyNoSecret(services: Services, { auth }: NetworkPlace, host: Host): Promise<string[]> {
  if (auth === null) return [];
  const { secrets } = services.hypervisor.host(host.uri);
  const found = await secrets.secret(auth.secret, { deadlineMs: services.limits.inspectMs });
  const { usageType, uuid, usage } = auth.secret;
  const name = `${usageType} ${uuid ?? usage ?? ''}`;
  if (found === null)
    return [`${host.name} has no secret ${name}: define it there (virsh secret-define) and set its value.`];
  return found.hasValue === false
    ? [`The secret ${name} of ${host.name} has no value: virsh secret-set-value.`]
    : [];
}

/** Domains that have it without Ferry's doing; those of a disk on the network are looked for on this host alone. */
async function otherUsers(
  services: Services,
  volume: Volume,
  instance: Instance,
  host: Host,
): Promise<string[]> {
  const call = { deadlineMs: services.limits.inspectMs };
  const others = (await services.store.hosts.list()).filter(({ id }) => volume.hostIds.includes(id));
  const hosts = others.some(({ id }) => id === host.id) ? others : [host];
  const reasons: string[] = [];
  for (const one of hosts) {
    try {
      for (const { domain, disk } of await domainsWithVolume(services, one, volume.place, call)) {
        const who = domain.id === instance.id ? 'The instance' : `The domain ${domain.name} on ${one.name}`;
        reasons.push(`${who} has it as ${disk.target} already.`);
      }
    } catch (error) {
      // Another host that is away for a while keeps nobody from their volumes; this one has to answer.
      if (one.id === host.id) throw error;
      services.log.warn({ err: error, host: one.name }, 'it is not known who has a volume there');
    }
  }
  return reasons;
}
