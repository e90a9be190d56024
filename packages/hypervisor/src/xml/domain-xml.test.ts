import { expect, test } from 'vitest';
import { readDomainXml } from './domain-xml.ts';
import { XmlError } from './parse-xml.ts';

const xml = `<domain type='qemu' id='3'>
  <name>web &amp; shop</name>
  <uuid>3483D9F1-4015-48d9-9837-b67ca82d0009</uuid>
  <memory unit='MiB'>128</memory><currentMemory unit='KiB'>65536</currentMemory><vcpu placement='static'>2</vcpu>
  <os><type arch='x86_64' machine='pc-q35-10.0'>hvm</type><kernel>/lab/vmlinuz</kernel></os>
  <cpu mode='custom' match='exact'><model>qemu64</model></cpu>
  <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/images/web.qcow2' index='1'/>
      <backingStore type='file'><format type='qcow2'/><source file='/images/base.qcow2'/></backingStore><target dev='vda' bus='virtio'/></disk>
    <disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>
    <disk type='network' device='disk'><driver type='raw'/><source protocol='nbd' name='x'/><target dev='vdb'/><shareable/></disk>
    <interface type='bridge'><mac address='52:54:00:00:00:09'/><source bridge='br-ex'/></interface>
    <interface type='network'><mac address='52:54:00:00:00:0a'/><source network='default' portid='x' bridge='virbr0'/></interface>
    <hostdev mode='subsystem' type='pci'/>
  </devices></domain>`;

test('a domain is read with its disks, interfaces and devices', () => {
  const domain = readDomainXml(xml);
  expect(domain).toMatchObject({
    id: '3483d9f1-4015-48d9-9837-b67ca82d0009',
    name: 'web & shop',
    domainType: 'qemu',
    machineType: 'pc-q35-10.0',
    memoryBytes: 128 * 1024 * 1024,
    currentMemoryBytes: 64 * 1024 * 1024,
    vcpus: 2,
    hostDevices: ['pci'],
  });
  expect(domain.cpuXml).toContain('<model>qemu64</model>');
  expect(domain.disks.map((disk) => [disk.target, disk.kind, disk.device, disk.path, disk.readOnly])).toEqual(
    [
      ['vda', 'file', 'disk', '/images/web.qcow2', false],
      ['sda', 'file', 'cdrom', null, true],
      ['vdb', 'network', 'disk', null, false],
    ],
  );
  expect(domain.interfaces.map((one) => [one.kind, one.source])).toEqual([
    ['bridge', 'br-ex'],
    ['network', 'default'],
  ]);
});

test('state outside of disks is read: the file of firmware variables, and an emulated TPM', () => {
  expect(readDomainXml(xml).extras).toMatchObject({ nvram: null, emulatedTpm: false });
  const nvram = '/var/lib/libvirt/qemu/nvram/web_VARS.fd';
  const more = xml
    .replace('</kernel>', `</kernel><nvram template='/usr/share/vars.fd'>${nvram}</nvram>`)
    .replace('</devices>', "<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm></devices>");
  expect(readDomainXml(more).extras).toMatchObject({
    nvram: { path: nvram, kind: 'file' },
    emulatedTpm: true,
  });
});

test.each([
  ['cut short', xml.slice(0, 300)],
  ['another root', '<network><name>x</name></network>'],
  ['no uuid', xml.replace(/<uuid>.*<\/uuid>/, '')],
  ['no memory', xml.replace(/<memory.*<\/memory>/, '')],
  ['a memory that is no number', xml.replace('>128<', '>much<')],
  ['an unknown unit', xml.replace("unit='MiB'", "unit='cubit'")],
  ['a document type', `<!DOCTYPE x [<!ENTITY e "x">]>${xml}`],
  ['a control character', xml.replace('shop', 'sh\u0001op')],
  ['nothing', ''],
])('a description with %s is refused with a typed error', (_what, text) => {
  expect(() => readDomainXml(text)).toThrow(XmlError);
});

test.each([
  ['<nvram>/nv/a.fd</nvram>', { kind: 'file', path: '/nv/a.fd' }],
  ["<nvram template='/t.fd'>/nv/a.fd</nvram>", { kind: 'file', path: '/nv/a.fd' }],
  ["<nvram type='file'>\n  <source file='/nv/a.fd'/>\n</nvram>", { kind: 'file', path: '/nv/a.fd' }],
  ["<nvram type='block'><source dev='/dev/vg/nv'/></nvram>", { kind: 'block', path: '/dev/vg/nv' }],
  [
    "<nvram type='network'><source protocol='iscsi' name='iqn/0'><host name='san'/></source></nvram>",
    { kind: 'network', path: null, network: { protocol: 'iscsi', servers: ['san'] } },
  ],
  ["<nvram template='/t.fd'/>", null],
])("the firmware's variables in the form %s", (nvram, expected) => {
  const read = readDomainXml(xml.replace('</kernel>', `</kernel>${nvram}`)).extras.nvram;
  expect([read]).toMatchObject([expected]);
});

test('memory that is kept in files is read, and how many processors the guest has now', () => {
  const more = xml
    .replace("<vcpu placement='static'>", "<vcpu placement='static' current='1'>")
    .replace(
      '</devices>',
      "<memory model='nvdimm'><source><path>/m/nv</path></source></memory><pstore backend='acpi-erst'><path>/m/ps</path></pstore></devices>",
    );
  const { vcpus, extras } = readDomainXml(more);
  expect(vcpus).toBe(1);
  expect(extras.files?.map(({ target, path }) => [target, path])).toEqual([
    ['memory0', '/m/nv'],
    ['pstore0', '/m/ps'],
  ]);
});
