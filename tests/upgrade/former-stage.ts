import { join } from 'node:path';
import type { Any, FormerVersion } from './former-version.ts';

/** The guest of every fixture but those in which Ferry makes its own. */
export const guestId = '22222222-2222-4222-8222-000000000001';
const mebibyte = 1024 * 1024;

/** A controller's parts of a former version, on two simulated hosts of that version. */
export interface FormerStage {
  readonly former: FormerVersion;
  readonly world: Any;
  readonly services: Any;
}

/** `directory`: where the disks of the guest are; null: there is no guest. */
export async function formerStage(
  former: FormerVersion,
  folder: string,
  directory: '/shared' | '/images' | null,
): Promise<FormerStage> {
  if (former.hasOperations('engine/services.ts')) return laterStage(former, folder, directory);
  const { Store } = await former.part('packages/controller/src/store/store.ts');
  const simulated = await former.part('packages/hypervisor/src/simulated/index.ts');
  const { KeyedLock } = await former.operations('shared/keyed-lock.ts');
  const { ExpiringCache } = await former.operations('shared/kept-answers.ts');
  const { ProbeKeeper } = await former.operations('shared/connectivity/probe-keeper.ts');
  const { ImageFiles } = await former.operations('image-library/image-files.ts');
  const { defaultLimits } = await former.operations('shared/services.ts');
  const { addHost } = await former.operations('add-host.ts');
  const { adoptInstance } = await former.operations('adopt-instance.ts');
  const world = new simulated.SimulatedWorld({ kind: 'own', stepMs: 1 });
  const shared = new Map();
  for (const name of ['compute11', 'compute12']) world.addHost(name, { shared: { '/shared': shared } });
  if (directory !== null) addGuest(world, directory);
  const services = {
    store: await Store.open(join(folder, 'ferry.db')),
    hypervisor: new simulated.SimulatedHypervisor(world),
    log: former.npm('pino').pino({ level: 'silent' }),
    limits: { ...defaultLimits, pollMs: 5, aliveMs: 2_000, copyPieceBytes: 256, copyRetryMs: 1 },
    imageLocks: new KeyedLock(),
    hostChanges: new KeyedLock(),
    library: new ImageFiles(join(folder, 'images')),
    probes: new ProbeKeeper(),
    diskLocks: new ExpiringCache(1),
  };
  for (const name of ['compute11', 'compute12']) await addHost(services, { uri: `simulated://${name}/` });
  if (directory !== null) await adoptInstance(services, { host: 'compute11', domain: guestId });
  return { former, world, services };
}

/** The same of a version from `0031-rehearsals` on, whose parts stand elsewhere and are more. */
async function laterStage(
  former: FormerVersion,
  folder: string,
  directory: '/shared' | '/images' | null,
): Promise<FormerStage> {
  const { Store } = await former.part('packages/controller/src/store/store.ts');
  const simulated = await former.part('packages/hypervisor/src/simulated/index.ts');
  const { KeyedLock } = await former.operations('engine/keyed-lock.ts');
  const { ExpiringCache } = await former.operations('engine/expiring-cache.ts');
  const { defaultLimits } = await former.operations('engine/services.ts');
  const { ProbeKeeper } = await former.operations('facts/connectivity/probe-keeper.ts');
  const { ImageFiles } = await former.operations('image-library/image-files.ts');
  const { HostAuthority } = await former.operations('configure/host-authority.ts');
  const { HostDirectories } = await former.operations('hosts/host-directories.ts');
  const { HostUris } = await former.operations('hosts/host-uris.ts');
  const { HostsFile } = await former.operations('hosts/hosts-file.ts');
  const { addHost } = await former.operations('hosts/add-host.ts');
  const { adoptInstance } = await former.operations('servers/adopt-instance.ts');
  const world = new simulated.SimulatedWorld({ kind: 'own', stepMs: 1 });
  const shared = new Map();
  for (const name of ['compute11', 'compute12']) world.addHost(name, { shared: { '/shared': shared } });
  if (directory !== null) addGuest(world, directory);
  const store = await Store.open(join(folder, 'ferry.db'));
  const hypervisor = new simulated.SimulatedHypervisor(world);
  const services = {
    store,
    hypervisor,
    directories: new HostDirectories(hypervisor, store, defaultLimits.inspectMs),
    hostUris: new HostUris(new HostsFile('/nowhere'), () => []),
    hostAuthority: new HostAuthority('/nowhere'),
    log: former.npm('pino').pino({ level: 'silent' }),
    limits: {
      ...defaultLimits,
      pollMs: 5,
      aliveMs: 2_000,
      copyPieceBytes: 256,
      copyRetryMs: 1,
      rehearsalBytes: 64,
    },
    imageLocks: new KeyedLock(),
    hostChanges: new KeyedLock(),
    linkTurns: new KeyedLock(),
    library: new ImageFiles(join(folder, 'images')),
    probes: new ProbeKeeper(),
    diskLocks: new ExpiringCache(1),
    directoryNames: new ExpiringCache(1),
  };
  for (const name of ['compute11', 'compute12']) await addHost(services, { uri: `simulated://${name}/` });
  if (directory !== null) await adoptInstance(services, { host: 'compute11', domain: guestId });
  return { former, world, services };
}

function addGuest(world: Any, directory: string): void {
  const files = world.host('compute11').directories.get(directory);
  const image = { format: 'qcow2', capacityBytes: mebibyte, backing: null, owner: null };
  files.set('base.qcow2', { ...image, content: 'base' });
  const backing = { path: `${directory}/base.qcow2`, format: 'qcow2' };
  files.set('web.qcow2', { ...image, backing, content: 'what the guest wrote' });
  world.addDomain(
    'compute11',
    `<domain type='qemu'><name>web</name><uuid>${guestId}</uuid><memory unit='MiB'>64</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc-q35-10.0'>hvm</type></os><devices>
  <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${directory}/web.qcow2'/><target dev='vda'/></disk>
  </devices></domain>`,
  );
}
