import { expect, test } from 'vitest';
import { type PhaseReport, rateOfSamples, rehearsalFailure } from './rehearsal.ts';

const mebibyte = 1024 * 1024;
const sample = (mib: number, elapsedMs: number) => ({ bytes: mib * mebibyte, elapsedMs });

test('the rate is that between the first and the last look that saw the disk under way', () => {
  const samples = [sample(0, 50), sample(10, 100), sample(30, 300), sample(50, 500), sample(64, 900)];
  expect(rateOfSamples(samples, 64 * mebibyte, null)).toEqual({
    kind: 'measured',
    bytesPerSecond: 100 * mebibyte,
    bytes: 40 * mebibyte,
    elapsedMs: 400,
    limited: false,
  });
  expect(rateOfSamples(samples, 64 * mebibyte, 105 * mebibyte)).toMatchObject({ limited: true });
});

test.each([
  { what: 'nothing was seen', samples: [] },
  { what: 'it was there at the first look', samples: [sample(64, 100), sample(64, 500)] },
  { what: 'both looks are close to each other', samples: [sample(10, 100), sample(40, 200)] },
  { what: 'it stood still', samples: [sample(10, 100), sample(10, 900)] },
])('no rate is made up where $what', ({ samples }) => {
  expect(rateOfSamples(samples, 64 * mebibyte, null)).toMatchObject({ kind: 'not-measured' });
});

const phase = (name: PhaseReport['phase'], message: string | null): PhaseReport => ({
  phase: name,
  elapsedMs: 1,
  says: '',
  problem: message === null ? null : { code: 'network-missing', message, remedy: 'Mend it.' },
});

test('all that it would fail by is told at once, each remedy once', () => {
  expect(rehearsalFailure({ phases: [phase('send-memory', null)] })).toBeNull();
  const phases = [phase('prepare-networks', 'No network.'), phase('send-disk', 'No way.')];
  expect(rehearsalFailure({ phases })).toEqual({
    code: 'network-missing',
    message: 'prepare-networks: No network. send-disk: No way.',
    remedy: 'Mend it.',
  });
});
