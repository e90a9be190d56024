import { expect, test } from 'vitest';
import { type SecondRun, tooOften, withSecondRuns } from './second-runs.ts';

const day = '2026-11-29';

test('a file that needed a second run is counted with its day', () => {
  const once = withSecondRuns([], ['a', 'b'], '2026-11-01');
  expect(withSecondRuns(once, ['a'], day)).toEqual([
    { file: 'a', days: ['2026-11-01', day] },
    { file: 'b', days: ['2026-11-01'] },
  ]);
});

test('the third time is a failure', () => {
  const list: SecondRun[] = [
    { file: 'a', days: ['1', '2'] },
    { file: 'b', days: ['1', '2', '3'] },
  ];
  expect(tooOften(list, day).map(({ file }) => file)).toEqual(['b']);
});

test('one that is excused by name is none until its day is over', () => {
  const quarantined = { because: 'libvirtd 11.3 loses the event', until: day };
  const list: SecondRun[] = [{ file: 'b', days: ['1', '2', '3'], quarantined }];
  expect(tooOften(list, day)).toEqual([]);
  expect(tooOften(list, '2026-11-30')).toEqual(list);
});
