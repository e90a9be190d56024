import { expect, test } from 'vitest';
import { adaptDomainXml } from './adapt-domain-xml.ts';

const domain = (inside: string): string =>
  `<domain><name>web</name><memory unit="KiB">1024</memory><currentMemory unit="KiB">512</currentMemory>${inside}<devices/></domain>`;
const resized = (inside: string, vcpus: number): string =>
  adaptDomainXml(domain(inside), {
    networks: {},
    ports: {},
    filter: null,
    storage: null,
    size: { memoryBytes: 2_097_152, vcpus },
  });

test('memory is told in bytes, and all of it is given', () => {
  expect(resized('<vcpu>1</vcpu>', 1)).toContain(
    '<memory unit="bytes">2097152</memory><currentMemory unit="bytes">2097152</currentMemory>',
  );
});

test('with another number of processors what laid the old ones out goes, and other tuning stays', () => {
  const xml = resized(
    '<vcpu current="1">2</vcpu><cpu mode="host-model"><topology sockets="2"/></cpu><cputune><vcpupin vcpu="0" cpuset="1"/><vcpusched vcpus="0-1" scheduler="fifo" priority="1"/><cachetune vcpus="0"/><shares>10</shares></cputune>',
    4,
  );
  expect(xml).toContain('<vcpu>4</vcpu><cpu mode="host-model"/><cputune><shares>10</shares></cputune>');
});

test('with the same number they stay as they are laid out', () => {
  const laidOut = '<vcpu>2</vcpu><cpu><topology sockets="2"/></cpu>';
  expect(resized(laidOut, 2)).toContain(laidOut);
});

test('one that had not all of its processors has them then', () => {
  const half =
    '<vcpu current="1">2</vcpu><vcpus><vcpu id="1" enabled="no"/></vcpus><cpu><topology sockets="2"/></cpu>';
  expect(resized(half, 2)).toContain('<vcpu>2</vcpu><cpu><topology sockets="2"/></cpu>');
});
