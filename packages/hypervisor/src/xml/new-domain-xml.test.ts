import { expect, test } from 'vitest';
import type { NewDomain } from '../contract/new-domain.ts';
import { readDomainXml } from './domain-xml.ts';
import { newDomainXml } from './new-domain-xml.ts';

const domain: NewDomain = {
  id: '11111111-1111-4111-8111-000000000001',
  name: 'web-11111111',
  title: 'web',
  domainType: 'kvm',
  arch: 'x86_64',
  machineType: 'pc-q35-10.0',
  memoryBytes: 256 * 1024 ** 2,
  vcpus: 2,
  disk: '/images/disk',
  configDrive: null,
  consoleLog: '/images/console',
  interfaces: [{ mac: '52:54:00:00:00:01', kind: 'network', source: 'default' }],
  filter: null,
};

test('what is made is read as it was meant', () => {
  const read = readDomainXml(newDomainXml(domain));
  expect(read).toMatchObject({
    id: domain.id,
    name: domain.name,
    domainType: 'kvm',
    machineType: 'pc-q35-10.0',
    memoryBytes: domain.memoryBytes,
    vcpus: 2,
    disks: [{ target: 'vda', path: '/images/disk', format: 'qcow2', readOnly: false }],
    interfaces: [{ mac: '52:54:00:00:00:01', kind: 'network', source: 'default', filter: null }],
  });
  expect(read.cpuXml).toContain('host-model');
});

test('a config drive is a disk that cannot be written to, a bridge is named, a filter stands before all interfaces', () => {
  const read = readDomainXml(
    newDomainXml({
      ...domain,
      domainType: 'qemu',
      configDrive: '/images/config',
      filter: 'ferry-x',
      interfaces: [{ mac: '52:54:00:00:00:02', kind: 'bridge', source: 'br0' }],
    }),
  );
  expect(read.cpuXml).toBeNull();
  expect(read.disks[1]).toMatchObject({
    target: 'vdb',
    path: '/images/config',
    format: 'raw',
    readOnly: true,
  });
  expect(read.interfaces).toMatchObject([{ kind: 'bridge', source: 'br0', filter: 'ferry-x' }]);
});

test('names of people make no elements', () => {
  const name = `<disk/>&"'\n`;
  const read = readDomainXml(newDomainXml({ ...domain, title: name, name: "a'b" }));
  expect(read.name).toBe("a'b");
  expect(read.disks).toHaveLength(1);
});
