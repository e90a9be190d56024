import { describe, expect, test } from 'vitest';
import { knownBad, knownBadVersions } from '../host/known-bad-versions.ts';
import { knownVersionsCheck } from './known-versions.ts';
import { sampleDomain, sampleHost, severities } from './sample-input.ts';

const threads = (count: number) =>
  sampleDomain({
    cpuXml: `<cpu mode='custom'><topology sockets='1' dies='1' cores='1' threads='${count}'/></cpu>`,
  });
const tpm = sampleDomain({ extras: { ...sampleDomain().extras, emulatedTpm: true } });
const newer = sampleHost('beta', { libvirtVersion: 12_009_000, hypervisorVersion: 11_001_003 });

describe('what is known against versions', () => {
  test.each([
    { when: 'a plain guest', given: {}, finds: ['ok'] },
    {
      when: 'threads, libvirt 11.3 with QEMU 10 at the target',
      given: { domain: threads(2) },
      finds: ['warning'],
    },
    {
      when: 'it goes encrypted',
      given: { request: { encryption: 'where-possible' as const } },
      finds: ['warning'],
    },
    { when: 'one thread a core', given: { domain: threads(1) }, finds: ['ok'] },
    { when: 'threads, a newer target', given: { domain: threads(2), target: newer }, finds: ['ok'] },
    {
      when: 'threads, libvirt 9.0 with QEMU 7.2 at the target',
      given: {
        domain: threads(2),
        target: sampleHost('beta', { libvirtVersion: 9_000_000, hypervisorVersion: 7_002_022 }),
      },
      finds: ['ok'],
    },
    { when: 'an emulated TPM, both libvirts old', given: { domain: tpm }, finds: ['warning', 'warning'] },
    { when: 'an emulated TPM, the source old', given: { domain: tpm, target: newer }, finds: ['warning'] },
    {
      when: 'the source tells no version',
      given: { domain: tpm, source: sampleHost('alpha', null), target: newer },
      finds: ['unknown'],
    },
    { when: 'the guest is not told', given: { domain: null }, finds: ['unknown'] },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(knownVersionsCheck, given)).toEqual(finds);
  });
});

test.each([
  ['post-copy-resume', 11_001_009, false],
  ['post-copy-resume', 11_002_000, true],
  ['post-copy-resume', 11_003_000, true],
  ['post-copy-resume', 11_004_000, false],
  ['encrypted-transfer', 11_005_000, true],
  ['encrypted-transfer', 11_006_000, false],
  ['encrypted-parallel-disks', 10_002_000, true],
  ['encrypted-parallel-disks', 10_003_000, false],
] as const)('libvirt in %s: %i is known bad: %s', (use, version, bad) => {
  expect(knownBad('libvirt', version, use) !== null).toBe(bad);
});

test('each row tells where it is from and how Debian stands', () => {
  for (const { source, debian, from, below } of knownBadVersions) {
    expect(source).toMatch(/measured|NEWS|commit/);
    expect(debian).not.toBe('');
    expect(from).toBeLessThan(below);
  }
});
