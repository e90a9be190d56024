import { expect, test } from 'vitest';
import { sampleHost } from '../check/sample-input.ts';
import type { HostFacts } from '../host/host-facts.ts';
import { commonMachineType, type PlacementCandidate, placeServer } from './place-server.ts';

const withTypes = (...machineTypes: string[]): HostFacts =>
  ({ ...sampleHost('a').facts, machineTypes }) as HostFacts;

test('the newest that all hosts know is taken, by number and not by letter', () => {
  const newer = withTypes('pc-q35-9.2', 'pc-q35-10.0', 'q35', 'pc-i440fx-10.0');
  expect(commonMachineType('x86_64', [newer])).toBe('pc-q35-10.0');
  expect(commonMachineType('x86_64', [newer, withTypes('pc-q35-9.2', 'pc-q35-7.2', 'q35')])).toBe(
    'pc-q35-9.2',
  );
});

test('without one in common it is the family, and of unknown architectures nothing is said', () => {
  expect(commonMachineType('x86_64', [withTypes('pc-q35-9.2'), withTypes('pc-q35-7.2')])).toBe('q35');
  expect(commonMachineType('riscv64', [withTypes('virt')])).toBeNull();
});

const gib = 1024 ** 3;
const needs = { memoryBytes: gib, vcpus: 2, arch: null };

function candidate(name: string, change: Partial<PlacementCandidate> = {}): PlacementCandidate {
  const host = sampleHost(name);
  return {
    host,
    facts: host.facts,
    claimedMemoryBytes: 0,
    instanceMemoryBytes: 0,
    diskBytes: gib,
    roomBytes: 10 * gib,
    group: { kind: 'allowed', preference: 0 },
    problems: [],
    ...change,
  };
}

const chosen = (...candidates: PlacementCandidate[]): string | null =>
  placeServer(needs, candidates).candidate?.host.name ?? null;
const why = (one: PlacementCandidate, wanted: object = needs): string => {
  const placed = placeServer({ ...needs, ...wanted }, [one]);
  return placed.candidate === null ? placed.because : 'it fits';
};

test('the host with most free memory takes it, and by name among equals', () => {
  expect(chosen(candidate('b'), candidate('a'))).toBe('a');
  expect(chosen(candidate('a', { claimedMemoryBytes: 1 }), candidate('b'))).toBe('b');
});

test('what a group likes counts more than memory', () => {
  const liked = candidate('b', { claimedMemoryBytes: 5 * gib, group: { kind: 'allowed', preference: 1 } });
  expect(chosen(candidate('a'), liked)).toBe('b');
});

test.each([
  ['memory', candidate('a', { claimedMemoryBytes: 8 * gib }), {}, `${gib} bytes of memory are needed and 0`],
  [
    'memory that its instances have not used yet',
    candidate('a', { instanceMemoryBytes: 16 * gib - 5 }),
    {},
    `${gib} bytes of memory are needed and 5 are free`,
  ],
  ['processors', candidate('a'), { vcpus: 9 }, '9 processors are needed and it has 8'],
  ['architecture', candidate('a'), { arch: 'aarch64' }, 'it is x86_64, and the image is for aarch64'],
  ['room', candidate('a', { roomBytes: 5 }), {}, 'bytes of disk are needed and 5'],
  ['a directory', candidate('a', { roomBytes: null }), {}, 'no directory'],
  ['its group', candidate('a', { group: { kind: 'refused', because: 'no more' } }), {}, 'no more'],
  ['an answer', candidate('a', { facts: null, problems: ['silent'] }), {}, 'silent'],
])('a host is left out for want of %s', (_what, one, wanted, because) => {
  expect(why(one, wanted)).toContain(`a: `);
  expect(why(one, wanted)).toContain(because);
});

test('all reasons of all hosts are told', () => {
  const placed = placeServer({ ...needs, vcpus: 99 }, [candidate('a', { roomBytes: 0 }), candidate('b')]);
  expect(placed.because).toMatch(/^a: .*processors.*disk.*; b: .*processors/);
  expect(placeServer(needs, []).because).toBe('there is no host');
});

test('a disabled host takes nothing', () => {
  const host = sampleHost('a', {}, { status: 'disabled' });
  expect(why(candidate('a', { host }))).toContain('disabled');
});
