import { basename, dirname } from 'node:path';
import type { HypervisorHost } from '@ferry/hypervisor';
import { SimulatedHypervisor, SimulatedWorld, type SimulatedFile } from '@ferry/hypervisor/simulated';
import { expect, test } from 'vitest';
import { HostImages } from './host-images.ts';

const plain: SimulatedFile = { format: 'qcow2', capacityBytes: 1, backing: null, owner: null, content: '' };

/** A host with files, each with what it stands on, and domains with a disk each. */
async function look(
  files: Readonly<Record<string, string | null>>,
  disks: Readonly<Record<string, string>>,
): Promise<HostImages> {
  const world = new SimulatedWorld();
  const { directories } = world.addHost('alpha');
  for (const [path, below] of Object.entries(files)) {
    const [directory, name] = [dirname(path), basename(path)];
    const backing = below === null ? null : { path: below, format: 'qcow2' };
    if (!directories.has(directory)) directories.set(directory, new Map());
    directories.get(directory)?.set(name, { ...plain, backing, content: path });
  }
  for (const [number, [name, disk]] of Object.entries(disks).entries())
    world.addDomain('alpha', xmlOf(number, name, disk));
  return HostImages.look(new SimulatedHypervisor(world).host('simulated://alpha/'), [], {});
}

function xmlOf(number: number, name: string, disk: string): string {
  const uuid = `00000000-0000-4000-8000-00000000000${number}`;
  return `<domain type='qemu'><name>${name}</name><uuid>${uuid}</uuid><memory>1</memory><os><type>hvm</type></os><devices>
    <disk type='${disk.startsWith('/dev') ? 'block' : 'file'}'><driver type='qcow2'/>
    <source ${disk.startsWith('/dev') ? 'dev' : 'file'}='${disk}'/></disk></devices></domain>`;
}

const names = (images: HostImages, path: string): string[] => images.users(path).map(({ name }) => name);

test('whole chains count, wherever their links are', async () => {
  const images = await look(
    { '/images/web': '/bases/app', '/bases/app': '/deep/os', '/deep/os': null, '/images/db': null },
    { web: '/images/web', db: '/images/db' },
  );
  expect(images.bases().toSorted()).toEqual(['/bases/app', '/deep/os']);
  expect(names(images, '/deep/os')).toEqual(['web']);
  expect(names(images, '/bases/app')).toEqual(['web']);
  expect(images.unseen()).toEqual([]);
});

test('a file that no domain has and that stands on it is told apart from those of domains', async () => {
  const images = await look(
    { '/images/web': '/images/os', '/images/old': '/images/os', '/images/os': null },
    { web: '/images/web' },
  );
  expect(images.overlays('/images/os')).toEqual(['/images/old']);
});

test('two paths to one file are one file', async () => {
  const world = new SimulatedWorld();
  const { directories } = world.addHost('alpha');
  const bases = new Map([['os', { ...plain, content: 'os' }]]);
  directories.set('/bases', bases).set('/link', bases);
  directories.get('/images')?.set('web', { ...plain, backing: { path: '/link/os', format: 'qcow2' } });
  world.addDomain('alpha', xmlOf(1, 'web', '/images/web'));
  const host = new SimulatedHypervisor(world).host('simulated://alpha/');
  expect(names(await HostImages.look(host, ['/bases/os'], {}), '/bases/os')).toEqual(['web']);
});

test('an overlay on a block device, or one that is not there now: nobody sees what it stands on', async () => {
  const images = await look({}, { web: '/dev/vg/web', db: '/gone/db' });
  expect(images.unseen()).toMatchObject([
    { domain: 'web', disk: '/dev/vg/web' },
    { domain: 'db', disk: '/gone/db' },
  ]);
});

test('a ring of images ends', async () => {
  const images = await look({ '/images/a': '/images/b', '/images/b': '/images/a' }, { web: '/images/a' });
  expect(names(images, '/images/b')).toEqual(['web']);
});

test('a volume on the network has a name and no directory: nobody looks for files beside it', async () => {
  const world = new SimulatedWorld();
  world.addHost('alpha');
  const { storage } = new SimulatedHypervisor(world).host('simulated://alpha/');
  const asked: string[] = [];
  const volume = 'ip-192.0.2.1:3260-iscsi-iqn.2026-11.example:unit-lun-1';
  const domain = { id: 'a', name: 'unit', alive: true, unread: null, writes: [volume], paths: [volume] };
  const host = {
    storage: {
      inUse: () => Promise.resolve([{ ...domain, raw: [volume], named: [], directories: [], open: [] }]),
      images: (directory: string) => {
        asked.push(directory);
        return storage.images(directory);
      },
    },
  } as unknown as HypervisorHost;
  const images = await HostImages.look(host, ['/images/web'], {});
  expect(asked).toEqual(['/images']);
  expect(images.unread()).toEqual([]);
  expect(images.namedBy(volume)).toMatchObject([{ name: 'unit', use: 'writes' }]);
});
