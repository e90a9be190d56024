import { expect, test } from 'vitest';
import { noRounds, roundsOfMarks } from './warm-rounds.ts';

test('marks of former versions are told from paths', () => {
  const paths = ['/images/web.qcow2', 'domain', '/images/overlays of round 3'];
  const marks = ['overlays of round 1', 'overlays of round 2', 'merge on the source'];
  expect(roundsOfMarks([...marks.slice(1), ...paths, marks[0] ?? ''])).toEqual({
    made: paths,
    rounds: { begun: 2, merging: { source: { life: null } } },
  });
});

test('without marks there is nothing but paths', () => {
  expect(roundsOfMarks(['/images/web.qcow2'])).toEqual({ made: ['/images/web.qcow2'], rounds: noRounds });
});
