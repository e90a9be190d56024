import { expect, test } from 'vitest';
import { rawPaths, readNamedDisks } from './named-disks-xml.ts';

const domain = (disk: string): string => `<domain><devices>${disk}</devices></domain>`;
const driver = "<driver name='qemu' type='qcow2'/>";
const file = { volume: null, what: '/i/a', open: false, readOnly: false, writes: ['/i/a'], isRaw: false };
const device = {
  paths: ['/dev/vg/a'],
  writes: ['/dev/vg/a'],
  readOnly: false,
  volume: null,
  what: '/dev/vg/a',
  isRaw: false,
};

const rawOf = (...disks: string[]): string[] =>
  rawPaths(readNamedDisks(domain(disks.join('')), 'domain').map((disk) => ({ ...disk, path: null })));

test.each([
  [
    'a file',
    `<disk type='file'>${driver}<source file='/i/a'/></disk>`,
    { ...file, paths: ['/i/a'], open: true },
  ],
  [
    'a running one with all that it stands on',
    `<disk type='file'>${driver}<source file='/i/a'/><backingStore type='file'><source file='/b/1'/>
      <backingStore type='file'><source file='/b/0'/><backingStore/></backingStore></backingStore></disk>`,
    { ...file, paths: ['/i/a', '/b/1', '/b/0'] },
  ],
  [
    'one that is mirrored',
    `<disk type='file'><source file='/i/a'/><mirror type='file'><source file='/i/new'/></mirror></disk>`,
    { ...file, paths: ['/i/a', '/i/new'], writes: ['/i/a', '/i/new'], isRaw: true },
  ],
  [
    'an empty drive',
    "<disk type='file' device='cdrom'/>",
    { ...file, paths: [], writes: [], readOnly: true, what: null, isRaw: true },
  ],
  [
    'a medium, which is only read',
    "<disk type='file' device='cdrom'><source file='/i/a'/></disk>",
    { ...file, paths: ['/i/a'], writes: [], readOnly: true, isRaw: true },
  ],
  [
    'a volume of a pool',
    `<disk type='volume'>${driver}<source pool='vms' volume='a'/></disk>`,
    {
      paths: [],
      writes: [],
      readOnly: false,
      volume: { pool: 'vms', name: 'a' },
      what: 'vms a',
      open: true,
      isRaw: false,
    },
  ],
  [
    'an overlay on a block device, which may stand on a file',
    `<disk type='block'>${driver}<source dev='/dev/vg/a'/></disk>`,
    { ...device, open: true },
  ],
  [
    'one of which it is told that it stands on nothing',
    `<disk type='block'>${driver}<source dev='/dev/vg/a'/><backingStore/></disk>`,
    { ...device, open: false },
  ],
  [
    'a raw block device',
    `<disk type='block'><driver type='raw'/><source dev='/dev/vg/a'/></disk>`,
    { ...device, open: false, isRaw: true },
  ],
])('%s', (_, disk, named) => {
  expect(readNamedDisks(domain(disk), 'domain')).toEqual([named]);
});

test('a snapshot: its own file, and those of the domain at its time', () => {
  const now = "<disk name='vda' snapshot='external'><source file='/i/a.snap'/></disk>";
  const then = "<disk type='file'><source file='/i/a'/></disk>";
  const xml = `<domainsnapshot><disks>${now}</disks>${domain(then)}</domainsnapshot>`;
  expect(readNamedDisks(xml, 'domainsnapshot').flatMap(({ paths }) => paths)).toEqual(['/i/a.snap', '/i/a']);
});

test('a file is raw where every description says so; what a mirror is laid out as nobody knows', () => {
  const raw = "<disk type='file'><source file='/i/a'/></disk>";
  const mirrored =
    "<disk type='file'><source file='/i/b'/><mirror type='file'><source file='/i/new'/></mirror></disk>";
  const formatted = `<disk type='file'>${driver}<source file='/i/a'/></disk>`;
  expect(rawOf(raw, mirrored)).toEqual(['/i/a', '/i/b']);
  expect(rawOf(raw, formatted)).toEqual([]);
});
