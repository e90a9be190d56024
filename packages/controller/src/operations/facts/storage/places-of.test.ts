import { SimulatedHypervisor, SimulatedWorld } from '@ferry/hypervisor/simulated';
import type { DiskFacts, PoolComparison, PoolFacts } from '@ferry/model';
import { describe, expect, test } from 'vitest';
import { placesOf } from './places-of.ts';

const world = new SimulatedWorld();
world.addHost('compute12');
const target = new SimulatedHypervisor(world).host('simulated://compute12/');

const plain = {
  target: 'vda',
  device: 'disk',
  kind: 'file',
  format: 'qcow2',
  volume: null,
  network: null,
  readOnly: false,
  shareable: false,
  secrets: [],
  toldBacking: null,
  image: null,
  backing: [],
} as const;
const image = (path: string): DiskFacts['backing'][number] => ({
  path,
  format: 'qcow2',
  capacityBytes: 1,
  allocationBytes: 1,
  owner: null,
});
const disk = (path: string, change: Partial<DiskFacts> = {}): DiskFacts => ({ ...plain, path, ...change });
const directory = (path: string): PoolFacts => ({
  type: 'dir',
  active: true,
  directory: path,
  source: '',
  secrets: [],
});
const pool = (change: Partial<PoolComparison> = {}): PoolComparison => ({
  name: 'images',
  targetName: 'images',
  atSource: directory('/images'),
  onTarget: directory('/images'),
  ...change,
});
const volume = { pool: 'images', name: 'web' };

async function paths(
  disks: DiskFacts[],
  pools: PoolComparison[],
  settings: { pools?: Record<string, string>; paths?: Record<string, string> },
): Promise<unknown> {
  const whole = { pools: {}, paths: {}, define: false, ...settings };
  return (await placesOf(target, disks, pools, whole, {})).paths;
}

describe('where files stand on the target', () => {
  test('by the map of paths, with what they stand on', async () => {
    const overlay = disk('/images/web', { backing: [image('/bases/a')] });
    const map = { '/images': '/srv', '/bases': '/b' };
    expect(await paths([overlay], [], { paths: map })).toEqual({
      '/images/web': '/srv/web',
      '/bases/a': '/b/a',
    });
    expect(await paths([overlay], [], {})).toEqual({});
  });

  test('a volume by its pool there, whatever the map of paths says of its directory', async () => {
    const web = disk('/images/web', { volume, backing: [image('/images/base')] });
    const vms = pool({ targetName: 'vms', onTarget: directory('/srv/vms') });
    expect(await paths([web], [vms], { pools: { images: 'vms' } })).toEqual({
      '/images/web': '/srv/vms/web',
      '/images/base': '/srv/vms/base',
    });
    expect(await paths([web], [pool()], { paths: { '/images': '/srv' } })).toEqual({
      '/images/base': '/srv/base',
    });
  });

  test('a volume of a pool that is still to be defined stands where it stands here', async () => {
    const web = disk('/images/web', { volume });
    const missing = pool({ onTarget: 'absent' });
    expect(await paths([web], [missing], { paths: { '/images': '/srv' } })).toEqual({});
  });

  test('that somebody has named a place is known, also where it is the same', async () => {
    const lun = disk('/dev/a', { kind: 'block' });
    const whole = { pools: {}, paths: { '/dev/a': '/dev/a' }, define: false };
    const { named, paths: moved } = await placesOf(target, [lun], [], whole, {});
    expect([...named]).toEqual(['/dev/a']);
    expect(moved).toEqual({});
  });
});
