import { type HypervisorHost, HypervisorError } from '@ferry/hypervisor';
import { SimulatedHypervisor, SimulatedWorld } from '@ferry/hypervisor/simulated';
import type { PathUse } from '@ferry/model';
import { expect, test } from 'vitest';
import { confinedHypervisor } from './confined-hypervisor.ts';

/** A host whose files may be nowhere, with the paths that were asked for. */
function confined(allowed: (path: string) => boolean): {
  host: HypervisorHost;
  asked: [string, PathUse][];
  world: SimulatedWorld;
} {
  const world = new SimulatedWorld({ kind: 'own', stepMs: 1 });
  world.addHost('one', { shell: { python: '3.13', zstd: true, root: true } });
  const asked: [string, PathUse][] = [];
  const hypervisor = confinedHypervisor(new SimulatedHypervisor(world), (uri, path, use) => {
    asked.push([path, use]);
    return allowed(path)
      ? Promise.resolve()
      : Promise.reject(new HypervisorError('refused', uri, 'left alone'));
  });
  return { host: hypervisor.host('simulated://one/'), asked, world };
}

const spec = { path: '/x/a', format: 'raw', capacityBytes: 1, backing: null, owner: null };
const piece = { offsetBytes: 0, lengthBytes: 1 };

async function first(chunks: AsyncIterable<unknown>): Promise<void> {
  for await (const chunk of chunks) void chunk;
}

async function* nothing(): AsyncGenerator<never> {
  // No chunk at all.
}

/** Every call of a host's storage that names a path. */
const calls: Readonly<Record<string, (storage: HypervisorHost['storage']) => Promise<unknown>>> = {
  image: (storage) => storage.image('/x/a'),
  inside: (storage) => storage.inside({ path: '/x/a', format: 'qcow2' }),
  chain: (storage) => storage.chain('/x/a', 'qcow2'),
  rawImage: (storage) => storage.rawImage('/x/a'),
  images: (storage) => storage.images('/x'),
  dependents: (storage) => storage.dependents('/x/a'),
  room: (storage) => storage.room('/x/'),
  identity: (storage) => storage.identity('/x/a'),
  ensureImage: (storage) => storage.ensureImage(spec),
  ensureCapacity: (storage) => storage.ensureCapacity({ path: '/x/a', format: 'qcow2' }, 1),
  ensureNoImage: (storage) => storage.ensureNoImage('/x/a'),
  readImage: (storage) => first(storage.readImage('/x/a')),
  makeFile: (storage) => storage.makeFile({ path: '/x/a', lengthBytes: 1, owner: null }),
  writeImage: (storage) => storage.writeImage('/x/a', piece, nothing()),
  fileState: (storage) => storage.fileState('/x/a'),
  digest: (storage) => storage.digest('/x/a'),
  ensureProbeFile: (storage) => storage.ensureProbeFile('/x', '.ferry-probe-1'),
  seesProbeFile: (storage) => storage.seesProbeFile('/x', '.ferry-probe-1'),
  ensureNoProbeFile: (storage) => storage.ensureNoProbeFile('/x', '.ferry-probe-1'),
};

test.each(Object.keys(calls))(
  'storage.%s is refused where no guest has files, and not begun',
  async (name) => {
    const { host, asked, world } = confined(() => false);
    await expect(calls[name]?.(host.storage)).rejects.toMatchObject({
      code: 'refused',
      message: 'left alone',
    });
    expect(asked).toHaveLength(1);
    expect(world.faults.calls).toEqual([]);
  },
);

test('no call of the storage is forgotten', () => {
  const world = new SimulatedWorld({ kind: 'own', stepMs: 1 });
  world.addHost('one');
  const { storage } = new SimulatedHypervisor(world).host('simulated://one/');
  const all = Object.getOwnPropertyNames(Object.getPrototypeOf(storage)).filter(
    (name) => name !== 'constructor' && name !== 'inUse',
  );
  expect(all.toSorted()).toEqual(Object.keys(calls).toSorted());
});

test('what an image is to stand on is asked for as well', async () => {
  const { host, asked } = confined((path) => path.startsWith('/images/'));
  const over = { ...spec, path: '/images/a', backing: { path: '/secret/b', format: 'raw' } };
  await expect(host.storage.ensureImage(over)).rejects.toMatchObject({ code: 'refused' });
  expect(asked).toEqual([
    ['/images/a', 'write'],
    ['/secret/b', 'read'],
  ]);
});

test('overlays, pools that are defined, and the program that copies are held to it, too', async () => {
  const { host, world } = confined(() => false);
  const refused = { code: 'refused' };
  const order = { disk: 'vda', path: '/x/over', below: '/x/a' };
  await expect(host.overlays.ensureOverlays('web', [order])).rejects.toMatchObject(refused);
  const merge = { disk: 'vda', base: '/x/a', overlays: ['/x/over'] };
  await expect(host.overlays.ensureMerged('web', [merge])).rejects.toMatchObject(refused);
  const xml = `<pool type='dir'><name>p</name><target><!--<path>/images</path>--><path>/x</path></target></pool>`;
  for (const definition of [xml, JSON.stringify({ type: 'dir', directory: '/x' })]) {
    const pool = { name: 'p', xml: definition, autostart: false };
    await expect(host.pools.ensureDefined(pool)).rejects.toMatchObject(refused);
  }
  await expect(host.shell?.digest('/x/a')).rejects.toMatchObject(refused);
  expect(world.host('one').pools.has('p')).toBe(false);
});

test('where guests have files it is as if nothing were between', async () => {
  const { host } = confined(() => true);
  const image = { ...spec, path: '/images/a' };
  await expect(host.storage.ensureImage(image)).resolves.toBe('made');
  await expect(host.storage.image('/images/a')).resolves.toMatchObject({ path: '/images/a' });
  await expect(host.storage.inUse()).resolves.toEqual([]);
});
