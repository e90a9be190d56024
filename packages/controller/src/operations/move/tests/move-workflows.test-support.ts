import { HostAuthority } from '../../configure/host-authority.ts';
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { SimulatedHypervisor, type SimulatedHostState, SimulatedWorld } from '@ferry/hypervisor/simulated';
import { moveOptions } from '@ferry/api';
import type { FlavorSnapshot, MoveRequest } from '@ferry/model';
import type { TortureWorld } from '@ferry/workflow/testing';
import { pino } from 'pino';
import { memoryStore } from '../../../store/database/test-database.test-support.ts';
import type { Store } from '../../../store/store.ts';
import { addHost } from '../../hosts/add-host.ts';
import { adoptInstance } from '../../servers/adopt-instance.ts';
import { createGroup } from '../../security-groups/security-groups.ts';
import { setInstanceGroups } from '../../security-groups/instance-groups.ts';
import { HostDirectories } from '../../hosts/host-directories.ts';
import { HostUris } from '../../hosts/host-uris.ts';
import { HostsFile } from '../../hosts/hosts-file.ts';
import { ImageFiles } from '../../image-library/image-files.ts';
import { ProbeKeeper } from '../../facts/connectivity/probe-keeper.ts';
import { ExpiringCache } from '../../engine/expiring-cache.ts';
import { KeyedLock } from '../../engine/keyed-lock.ts';
import { type MoveInput, readMoveInput } from '../../context/move-input.ts';
import { defaultLimits, type Services } from '../../engine/services.ts';
import { submitMove } from '../submit-move.ts';
import { allOf, hostsOf, rowsOf } from './world-state.test-support.ts';

/** The guest of every torture. */
export const guestId = '22222222-2222-4222-8222-000000000001';
const id = guestId;
const mebibyte = 1024 * 1024;

/** A flavor that is larger than the guest. */
export const largerFlavor: FlavorSnapshot = {
  id: '2',
  name: 'larger',
  vcpus: 2,
  memoryMib: 128,
  rootGib: 1,
  ephemeralGib: 0,
  swapMib: 0,
  extraSpecs: {},
};

/** One move to be tortured. */
export interface MoveCase {
  readonly kind: 'live-migration' | 'cold-migration';
  readonly directory: '/shared' | '/images';
  readonly state: 'running' | 'shutoff';
  /** Files go from host to host, or through libvirt's streams in pieces. */
  readonly way?: 'straight' | 'in pieces';
  /** The bulk is copied while the guest runs. */
  readonly warm?: boolean;
  /** Its files stand in another directory of the target. */
  readonly elsewhere?: boolean;
  /** Ferry leads the phases though all disks are shared. */
  readonly coordinated?: boolean;
  /** Its source is kept. */
  readonly hold?: boolean;
  readonly resizeTo?: FlavorSnapshot;
}

const volume =
  "<disk type='volume' device='disk'><source pool='data' volume='data.img'/><target dev='vdb'/></disk>";
const onNetwork = `<disk type='network' device='disk'><source protocol='iscsi' name='iqn:web/1'><host name='nas' port='3260'/>
  <auth username='web'><secret type='iscsi' usage='nas'/></auth></source><target dev='vdc'/></disk>`;

function domainXml(disk: string, more: string): string {
  return `<domain type='qemu'><name>web</name><uuid>${id}</uuid><memory unit='MiB'>64</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc-q35-10.0'>hvm</type></os><devices>
  <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${disk}'/><target dev='vda'/></disk>
  ${more}
  <interface type='network'><mac address='52:54:00:00:00:01'/><source network='default'/></interface>
  </devices></domain>`;
}

/** Snapshots, which libvirt moves with no guest that moves live, and which name files by the paths that they have here. */
function recordsOf({ kind, elsewhere }: MoveCase): unknown {
  const record = { name: 'clean', xml: '<domainsnapshot><name>clean</name></domainsnapshot>', current: true };
  return { snapshots: kind === 'cold-migration' && elsewhere !== true ? [record] : [], checkpoints: [] };
}

/** One target has the network stopped, one lacks it, on the others it is there; a pool is stopped or lacks, a secret lacks. */
function prepareTarget(world: SimulatedWorld, { directory, kind }: MoveCase): void {
  const { networks, pools, directories } = world.host('compute12');
  directories.set('/srv', new Map());
  pools.set('srv', { type: 'dir', active: true, autostart: true, directory: '/srv', source: '' });
  const there = networks.get('default');
  const pool = { type: 'dir', active: false, autostart: true, directory, source: '' };
  world.host('compute11').pools.set('data', { ...pool, active: true });
  if (directory === '/shared') pools.set('data', pool);
  const secret = { usageType: 'iscsi', usage: 'nas', isPrivate: false, value: 'known to few' };
  world.host('compute11').secrets.set('33333333-2222-4222-8222-000000000001', secret);
  if (directory === '/images' && kind === 'live-migration') networks.delete('default');
  else if (directory === '/shared' && there !== undefined) there.active = false;
}

function worldOf(given: MoveCase): SimulatedWorld {
  const { directory, state, way } = given;
  const world = new SimulatedWorld({ kind: 'own', stepMs: 1 });
  const shared = new Map();
  const shell = way === 'straight' ? { python: '3.11.2', zstd: true, root: true } : null;
  for (const name of ['compute11', 'compute12'])
    world.addHost(name, { shared: { '/shared': shared }, shell });
  const files = world.host('compute11').directories.get(directory);
  const image = { format: 'qcow2', capacityBytes: mebibyte, backing: null, owner: null };
  files?.set('base.qcow2', { ...image, content: 'base' });
  const backing = { path: `${directory}/base.qcow2`, format: 'qcow2' };
  files?.set('web.qcow2', { ...image, backing, content: 'what the guest wrote' });
  files?.set('data.img', { ...image, format: 'raw', content: 'data' });
  prepareTarget(world, given);
  // libvirt puts no overlay onto a volume of a pool.
  const more = given.warm === true ? onNetwork : volume + onNetwork;
  world.addDomain('compute11', domainXml(`${directory}/web.qcow2`, more), state);
  const domain = world.host('compute11').domains.get(id);
  if (domain !== undefined) Object.assign(domain, { autostart: true, records: recordsOf(given) });
  return world;
}

/** A move that was accepted on real checks: its input, and all that it may change. */
export function acceptedMove(given: MoveCase): Promise<TortureWorld<MoveInput, Services>> {
  return worldFrom(
    begun(given, 'accepted', (services) => movedBy(services, given)),
    given,
    (_, input) => Promise.resolve(input),
  );
}

/** The same for a workflow that comes after it: `go` brings things so far, and gives that workflow's input. */
export function worldAfterMove<Input>(
  given: MoveCase,
  go: (services: Services, input: MoveInput) => Promise<Input>,
): Promise<TortureWorld<Input, Services>> {
  return worldFrom(
    begun(given, 'accepted', (services) => movedBy(services, given)),
    given,
    go,
  );
}

/** Two hosts with a guest on the first, adopted; `submit` accepts an operation on it and gives its input. */
export function tortureWorld<Input>(
  given: MoveCase,
  submit: (services: Services, world: SimulatedWorld) => Promise<Input>,
): Promise<TortureWorld<Input, Services>> {
  return worldFrom(
    begun(given, 'taken in', () => Promise.resolve(null)),
    given,
    (services, _, world) => submit(services, world),
  );
}

/** How far things have come before the cases of a workflow part: hundreds of them begin with a copy of it. */
interface Begun<Given> {
  readonly given: Given;
  readonly database: DatabaseSync;
  /** By their names. */
  readonly hosts: ReadonlyMap<string, ChangedParts>;
}

/** What of a host changes when a guest is taken in: its security group is put onto it. */
type ChangedParts = Pick<SimulatedHostState, 'domains' | 'filters'>;

const known = new Map<string, Promise<Begun<unknown>>>();

/** By the words of the case, once for each. */
function begun<Given>(
  given: MoveCase,
  how: 'taken in' | 'accepted',
  go: (services: Services) => Promise<Given>,
): Promise<Begun<Given>> {
  const key = JSON.stringify([how, given]);
  const one = known.get(key) ?? begin(given, go);
  known.set(key, one);
  // What is known by the same word was made by the same way.
  return one as Promise<Begun<Given>>;
}

async function begin<Given>(
  given: MoveCase,
  go: (services: Services) => Promise<Given>,
): Promise<Begun<Given>> {
  const world = worldOf(given);
  const memory = await memoryStore();
  const made = await openWorld(world, memory, async (services) => {
    await takeIn(services);
    return go(services);
  });
  // Open as long as the process lives, so that what is in memory stays.
  const database = new DatabaseSync(memory.path);
  await made.close?.();
  const changed = [...world.hosts.values()].map(
    ({ name, domains, filters }) => [name, structuredClone({ domains, filters })] as const,
  );
  const hosts = new Map(changed);
  const copy = worldOf(given);
  putBack(copy, hosts);
  assert.deepEqual(allOf(copy), allOf(world), 'what came before changes more of hosts than is copied');
  return { given: made.input, database, hosts };
}

function putBack(world: SimulatedWorld, hosts: Begun<unknown>['hosts']): void {
  for (const host of world.hosts.values()) Object.assign(host, structuredClone(hosts.get(host.name)));
}

async function worldFrom<Given, Input>(
  from: Promise<Begun<Given>>,
  given: MoveCase,
  go: (services: Services, given: Given, world: SimulatedWorld) => Promise<Input>,
): Promise<TortureWorld<Input, Services>> {
  const { given: before, database, hosts } = await from;
  const world = worldOf(given);
  putBack(world, hosts);
  return openWorld(world, await memoryStore(database), (services) => go(services, before, world));
}

async function movedBy(services: Services, given: MoveCase): Promise<MoveInput> {
  const { id: migration } = await submitMove(services, 'admin', id, requestOf(given));
  const operation = await services.store.operations.byId(migration);
  return readMoveInput(operation?.input);
}

/** Both hosts, the guest, and a security group that it has. */
async function takeIn(services: Services): Promise<void> {
  for (const name of ['compute11', 'compute12']) await addHost(services, { uri: `simulated://${name}/` });
  await adoptInstance(services, { host: 'compute11', domain: id });
  await createGroup(services, { name: 'web', rules: [{ protocol: 'tcp', portMin: 443 }] });
  await setInstanceGroups(services, id, { groups: ['web'] });
}

async function openWorld<Input>(
  world: SimulatedWorld,
  { store, path }: { readonly store: Store; readonly path: string },
  submit: (services: Services) => Promise<Input>,
): Promise<TortureWorld<Input, Services>> {
  const services: Services = {
    store,
    hypervisor: new SimulatedHypervisor(world),
    directories: new HostDirectories(new SimulatedHypervisor(world), store, defaultLimits.inspectMs),
    hostUris: new HostUris(new HostsFile('/nowhere'), () => []),
    log: pino({ level: 'silent' }),
    limits: {
      ...defaultLimits,
      pollMs: 5,
      aliveMs: 2_000,
      copyPieceBytes: 48,
      copyRetryMs: 1,
      rehearsalBytes: 64,
    },
    imageLocks: new KeyedLock(),
    hostChanges: new KeyedLock(),
    linkTurns: new KeyedLock(),
    probes: new ProbeKeeper(),
    library: new ImageFiles('/nowhere'),
    hostAuthority: new HostAuthority('/nowhere'),
    diskLocks: new ExpiringCache(1),
    directoryNames: new ExpiringCache(1),
  };
  const input = await submit(services);
  const reader = new DatabaseSync(path);
  return {
    input,
    // A process that starts anew has nothing of the old one but the store and the hosts.
    get services() {
      return {
        ...services,
        hypervisor: new SimulatedHypervisor(world),
        imageLocks: new KeyedLock(),
        hostChanges: new KeyedLock(),
        linkTurns: new KeyedLock(),
      };
    },
    snapshot: () => ({
      hosts: hostsOf(world),
      instance: {
        ...reader.prepare('SELECT host_id, generation, task_state, memory_bytes, vcpus FROM instance').get(),
      },
      claims: reader.prepare('SELECT count(*) AS count FROM claim').get()?.['count'],
      rehearsed: reader
        .prepare('SELECT count(*) AS count FROM migration WHERE rehearsal IS NOT NULL')
        .get()?.['count'],
      brought: reader.prepare('SELECT host_id, kind, name FROM brought_volume ORDER BY kind, name').all(),
    }),
    state: () => ({ hosts: allOf(world), rows: rowsOf(reader) }),
    close: async () => {
      reader.close();
      await store.close();
    },
  };
}

function requestOf(given: MoveCase): MoveRequest {
  return {
    ...moveOptions({
      shutdownTimeoutMs: 1_000,
      defineNetworks: true,
      pathMap: given.elsewhere === true ? { [given.directory]: '/srv' } : {},
      definePools: true,
      announce: true,
      coordinated: given.coordinated ?? false,
      warm: given.warm === true,
    }),
    kind: given.kind,
    host: 'compute12',
    hold: given.hold === true,
    resizeTo: given.resizeTo ?? null,
    said: [],
  };
}
