import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readRecorded } from './transfer-charts.tsx';

const recorded = readFileSync(
  new URL('../../../../api/src/ferry/recordings/hot-set-link.ndjson', import.meta.url),
  'utf8',
);

test('a real recording gives its looks, its events and its decisions, in their order', () => {
  const { looks, marks } = readRecorded(recorded);
  expect(looks.length).toBeGreaterThan(20);
  expect(looks[1]?.progress).toMatchObject({ totalBytes: 269_230_080, iteration: 1 });
  expect(marks.filter(({ kind }) => kind === 'decision').map(({ text }) => text)).toEqual([
    'stalled',
    'set-max-downtime (local-minimum)',
    'recovered',
  ]);
  const times = marks.map(({ at }) => at);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
});

test('a line that is still being written hides no other', () => {
  const { looks } = readRecorded(`${recorded.trimEnd()}\n{"at":"2026-`);
  expect(looks).toEqual(readRecorded(recorded).looks);
});
