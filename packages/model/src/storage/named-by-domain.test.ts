import { expect, test } from 'vitest';
import { sampleDisk, sampleDomain } from '../check/sample-input.ts';
import type { ImageFacts } from '../instance/domain-facts.ts';
import { devicesOnlyIn, unknownFiles } from './named-by-domain.ts';

const image = (path: string): ImageFacts => ({
  path,
  format: 'qcow2',
  capacityBytes: 2 ** 30,
  allocationBytes: 2 ** 20,
  owner: null,
});
const disk = (target: string, path: string, ...below: string[]): ReturnType<typeof sampleDisk> => ({
  ...sampleDisk(),
  target,
  path,
  image: image(path),
  backing: below.map(image),
});
const without = { ...sampleDomain(), disks: [], interfaces: [], hostDevices: [], managedSave: false };
const isKnown = (path: string): boolean => path === '/images/web';

test('what a known image stands on is known with it, and what stands on it is not', () => {
  const domain = {
    ...without,
    disks: [
      disk('vda', '/images/web.snap', '/images/web', '/images/base'),
      disk('vdb', '/images/web', '/images/base'),
    ],
  };
  expect(unknownFiles(domain, isKnown)).toEqual([
    { path: '/images/web.snap', as: 'disk vda', size: 'qcow2, 1 GiB, of which 1 MiB are taken' },
  ]);
});

test('disks of the next start, media, firmware variables, memory in files and files of snapshots are found, each once', () => {
  const domain = {
    ...without,
    disks: [{ ...disk('sda', '/isos/a'), device: 'cdrom' as const }],
    extras: {
      ...without.extras,
      nvram: { ...disk('nvram', '/nvram'), image: null },
      nextDisks: [
        { ...disk('sda', '/isos/a'), device: 'cdrom' as const },
        disk('vdb', '/images/later', '/images/below'),
      ],
      files: [disk('nvdimm0', '/memory')],
      recordFiles: ['/images/branch'],
    },
  };
  expect(unknownFiles(domain, isKnown).map(({ path, as }) => `${path}: ${as}`)).toEqual([
    '/isos/a: cdrom sda',
    '/images/later: disk vdb',
    '/images/below: what disk vdb stands on',
    '/memory: disk nvdimm0',
    '/nvram: its firmware variables',
    '/images/branch: a file of its snapshots',
  ]);
});

test('devices that are no files are told where the other side lacks them', () => {
  const [nic] = sampleDomain().interfaces;
  const plain = { kind: 'network', source: 'default', filter: null, virtualPort: null } as const;
  const card = { ...plain, portId: null, mode: null, portGroup: null, ...nic };
  const network = { protocol: 'rbd', name: 'pool/data', servers: [], description: '<source/>' };
  const remote = {
    ...sampleDisk(),
    target: 'vdc',
    path: null,
    kind: 'network' as const,
    volume: null,
    network,
  };
  const more = {
    ...without,
    disks: [remote],
    interfaces: [
      { ...card, mac: '52:54:00:00:00:0A', kind: 'bridge' as const, source: 'br0' },
      { ...card, mac: '52:54:00:00:00:0b', kind: 'network' as const, source: 'default' },
    ],
    hostDevices: ['pci', 'pci', 'usb'],
    managedSave: true,
  };
  const less = { ...without, interfaces: [{ ...card, mac: '52:54:00:00:00:0a' }], hostDevices: ['pci'] };
  expect(devicesOnlyIn(more, less)).toEqual([
    'interface 52:54:00:00:00:0b (network default)',
    'a pci device of the host',
    'a usb device of the host',
    'its saved memory',
    'disk vdc (rbd pool/data)',
  ]);
  expect(devicesOnlyIn(less, more)).toEqual([]);
});
