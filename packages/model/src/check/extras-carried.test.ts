import { expect, test } from 'vitest';
import { extrasCarriedCheck } from './extras-carried.ts';
import { sampleDisk, sampleInput, severities } from './sample-input.ts';
import type { CheckInput } from './check-input.ts';

type Extras = NonNullable<CheckInput['domain']>['extras'];

function found(kind: CheckInput['request']['kind'], change: Partial<Extras>): string[] {
  const input = sampleInput();
  const { domain } = input;
  if (domain === null) throw new Error('the sample has a domain');
  return severities(extrasCarriedCheck, {
    request: { ...input.request, kind },
    domain: { ...domain, extras: { ...domain.extras, ...change } },
  });
}

const later = sampleDisk({ target: 'vdb', path: '/images/later.img' });
const tpm = { emulatedTpm: true };
const snapshots = { snapshots: ['before-upgrade'] };
const memoryFile = { ...snapshots, snapshotsWithMemoryFile: ['before-upgrade'] };
const checkpoints = { checkpoints: ['monday'] };

test.each<[string, Partial<Extras>, string[], string[]]>([
  ['nothing beside its disks', {}, ['ok'], ['ok']],
  ['an emulated TPM', tpm, ['ok'], ['error']],
  ['snapshots', snapshots, ['error'], ['ok']],
  ['snapshots with memory in files', memoryFile, ['error'], ['error']],
  ['checkpoints', checkpoints, ['error'], ['ok']],
  [
    'files that only its snapshots name',
    { ...snapshots, recordFiles: ['/images/other'] },
    ['error'],
    ['error'],
  ],
  ['one disk more at its next start', { nextDisks: [sampleDisk(), later] }, ['ok'], ['ok']],
  ['a disk that it loses when it is off', { nextDisks: [] }, ['ok'], ['error']],
])('%s, moved live and cold', (_, change, live, cold) => {
  expect(found('live-migration', change)).toEqual(live);
  expect(found('cold-migration', change)).toEqual(cold);
});

test('a source that does not answer is said to', () => {
  expect(severities(extrasCarriedCheck, { domain: null })).toEqual(['unknown']);
});
