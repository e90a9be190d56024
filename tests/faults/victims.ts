import { until, type LabHost } from '@ferry/lab';
import type { FaultWorld } from './fault-world.ts';

/** What can be struck. */
export const victims = [
  'controller',
  'source-libvirtd',
  'target-libvirtd',
  'source-qemu',
  'target-qemu',
  'link-hosts',
  'link-source',
  'link-target',
  'database-restart',
  'database-full',
] as const;
export type Victim = (typeof victims)[number];

/** Where it is struck. */
export interface Scene {
  readonly world: FaultWorld;
  readonly domain: string;
  readonly source: LabHost;
  readonly target: LabHost;
  /** Whether the victim comes back; of a controller, that another one is to take over else. */
  readonly returns: boolean;
}

/** Brings a victim back, or another in its place. */
export type BringBack = () => Promise<void>;

/** Strikes; gives what brings it back, or null when there is no such victim at this moment. */
export async function strike(victim: Victim, scene: Scene): Promise<BringBack | null> {
  const { world, source, target } = scene;
  switch (victim) {
    case 'controller':
      await world.ferry.kill();
      return () => (scene.returns ? world.startFerry() : world.standIn());
    case 'source-libvirtd':
      return libvirtd(source);
    case 'target-libvirtd':
      return libvirtd(target);
    case 'source-qemu':
      return qemu(source, scene.domain);
    case 'target-qemu':
      return qemu(target, scene.domain);
    case 'link-hosts':
      return target.dropTraffic({ to: source.address, from: source.address });
    case 'link-source':
      return cutFromController(world, source);
    case 'link-target':
      return cutFromController(world, target);
    case 'database-restart':
      await world.postgres?.crash();
      return async () => world.postgres?.run();
    case 'database-full':
      world.disk.fill();
      return async () => {
        world.disk.free();
        await world.postgres?.run();
      };
  }
}

async function libvirtd(host: LabHost): Promise<BringBack> {
  await host.libvirtd.kill();
  return () => host.libvirtd.start();
}

async function qemu(host: LabHost, domain: string): Promise<BringBack | null> {
  const pid = await host.qemuPid(domain);
  if (pid === null) return null;
  process.kill(pid, 'SIGKILL');
  await until(
    `${domain} on ${host.name} to be gone`,
    10_000,
    async () => (await host.qemuPid(domain)) !== pid || null,
  );
  return () => Promise.resolve();
}

function cutFromController(world: FaultWorld, host: LabHost): Promise<BringBack> {
  const { address } = world.lab.ctl;
  return host.dropTraffic({ to: address, from: address });
}
