import { expect, test } from 'vitest';
import { chooseCopyWay, type CopyWayInput, type ProgramFound } from './choose-copy-way.ts';

const runs = (root = true): ProgramFound => ({ runs: true, facts: { python: '3.11.2', zstd: true, root } });
const good: CopyWayInput = {
  source: runs(),
  target: runs(),
  targetAddress: '203.0.113.12',
  trustedAddress: null,
};

test('with a shell on both hosts it goes straight and encrypted', () => {
  expect(chooseCopyWay(good)).toMatchObject({ kind: 'direct', address: '203.0.113.12', encrypted: true });
});

test('only an address that the operator trusts is used unencrypted', () => {
  const way = chooseCopyWay({ ...good, trustedAddress: '192.0.2.12' });
  expect(way).toMatchObject({ kind: 'direct', address: '192.0.2.12', encrypted: false });
  expect(way.because).toContain('192.0.2.12');
});

test.each<[string, Partial<CopyWayInput>, string]>([
  [
    'the source runs no program',
    { source: { runs: false, because: 'there is no python3' } },
    'there is no python3',
  ],
  ['the target runs no program', { target: { runs: false, because: 'no shell' } }, 'no shell'],
  ['the shell of one is not that of root', { target: runs(false) }, 'not root'],
  ['nobody knows where to connect to', { targetAddress: null }, 'no URI of the target'],
])('through libvirt when %s, and it says so', (_, change, because) => {
  const way = chooseCopyWay({ ...good, ...change });
  expect(way.kind).toBe('streams');
  expect(way.because).toContain(because);
});
