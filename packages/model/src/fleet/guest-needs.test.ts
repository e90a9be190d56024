import { expect, test } from 'vitest';
import { sampleDisk, sampleDomain } from '../check/sample-input.ts';
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
    readDirectories: ['/bases', '/iso'],
  });
  expect(guestNeeds(sampleDomain({ cpuXml: "<cpu mode='custom'/>" })).ownProcessors).toBe(false);
});
