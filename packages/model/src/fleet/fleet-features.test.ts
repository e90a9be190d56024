import { expect, test } from 'vitest';
import { sampleDisk, sampleDomain, sampleHost } from '../check/sample-input.ts';
import { type FeatureFleet, type FeatureGuest, featuresOfGuest, featuresOfHost } from './fleet-features.ts';
import { guestNeeds } from './guest-needs.ts';

test('what a definition asks: machine, processors, devices, and where its files are', () => {
  const image = {
    path: '/vms/web.qcow2',
    format: 'qcow2',
    capacityBytes: 9,
    allocationBytes: 7,
    owner: null,
  };
  const base = { ...image, path: '/bases/debian.qcow2' };
  const disk = sampleDisk({ path: image.path, image, backing: [base] });
  const medium = sampleDisk({
    target: 'sda',
    device: 'cdrom',
    readOnly: true,
    path: '/iso/a.iso',
    image: null,
  });
  const device = sampleDisk({
    target: 'vdb',
    kind: 'block',
    path: '/dev/x',
    image: { ...image, path: '/dev/x', device: true },
  });
  const domain = sampleDomain({
    disks: [disk, medium, device],
    cpuXml: "<cpu mode='host-passthrough'/>",
    hostDevices: ['pci'],
  });
  expect(guestNeeds(domain)).toEqual({
    machineType: 'pc-q35-10.0',
    domainType: 'kvm',
    ownProcessors: true,
    hostDevices: ['pci'],
    files: [{ directory: '/vms', bytes: 7 }],
    directories: ['/vms', '/bases', '/iso'],
    pools: [],
    memoryBytes: 2 * 1024 ** 3,
    asks: null,
  });
  expect(guestNeeds(sampleDomain({ cpuXml: "<cpu mode='custom'/>" })).ownProcessors).toBe(false);
});

const alpha = sampleHost('alpha');
const guest: FeatureGuest = {
  host: alpha,
  projectId: 'p1',
  zone: null,
  networks: ['default', 'br0'],
  needs: guestNeeds(sampleDomain()),
  notOn: [],
  manner: 'live',
};
const fleet: FeatureFleet = {
  zones: new Map(),
  keptFor: new Map(),
  sharing: new Map(),
  stock: new Map(),
  lacked: new Set(),
};

/** What a host lacks of what the guest needs. */
function lacks(
  host = sampleHost('beta'),
  more: Partial<FeatureGuest> = {},
  of: Partial<FeatureFleet> = {},
): string[] {
  const whole = { ...fleet, ...of };
  const needed = featuresOfGuest({ ...guest, ...more }, whole);
  const has = featuresOfHost(host, whole, needed);
  return [...needed].filter((one) => !has.has(one)).toSorted();
}

test('a host like its own lacks nothing; what it lacks is told by the names that operators know', () => {
  expect(lacks()).toEqual([]);
  expect(lacks(sampleHost('beta', { networks: [], machineTypes: ['q35'], domainTypes: ['qemu'] }))).toEqual([
    'guests of the type kvm',
    'machine type pc-q35-10.0',
    'network default',
  ]);
  // Bridges are told by no host: they are seen when it moves.
  expect([...featuresOfGuest(guest, fleet)]).not.toContain('network br0');
});

test('a network that is called otherwise there, or may be defined there, is there', () => {
  const bare = sampleHost('beta', { networks: [{ name: 'lan', active: true, bridge: null }] });
  expect(lacks(bare)).toEqual(['network default']);
  expect(lacks({ ...bare, networks: { map: { default: 'lan' }, define: false } })).toEqual([]);
  expect(lacks({ ...bare, networks: { map: {}, define: true } })).toEqual([]);
});

test('zones, hosts that are kept for projects, shared directories and hosts on which a move failed', () => {
  const zones = new Map([['id-beta', 'east']]);
  expect(lacks(undefined, { zone: 'west' }, { zones })).toEqual(['zone west']);
  expect(lacks(undefined, { zone: 'east' }, { zones })).toEqual([]);
  const keptFor = new Map([['id-beta', new Set(['p2'])]]);
  expect(lacks(undefined, {}, { keptFor })).toEqual(['guests of the project p1']);
  expect(lacks(undefined, { projectId: 'p2' }, { keptFor })).toEqual([]);
  expect(lacks(sampleHost('gamma'), {}, { keptFor })).toEqual([]);
  const sharing = new Map([['/images', new Set(['id-alpha', 'id-gamma'])]]);
  expect(lacks(undefined, {}, { sharing })).toEqual(['shared /images']);
  expect(lacks(sampleHost('gamma'), {}, { sharing })).toEqual([]);
  expect(lacks(undefined, { notOn: ['id-beta'] })).toHaveLength(1);
  expect(lacks(sampleHost('gamma'), { notOn: ['id-beta'] })).toEqual([]);
  const own = { ...sampleDomain(), cpuXml: "<cpu mode='host-passthrough'/>" };
  expect(lacks(sampleHost('beta', { cpuModel: 'Xeon' }), { needs: guestNeeds(own) })).toEqual([
    'processor EPYC',
  ]);
});
