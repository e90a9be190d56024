import { expect, test } from 'vitest';
import { timeTable } from './time-table.ts';

test('phases, rings and the slowest files, in columns', () => {
  const files = [
    { ring: 'unit', file: 'a.test.ts', seconds: 1.26, importSeconds: 0.6, failed: false },
    { ring: 'lab', file: 'moves.test.ts', seconds: 61.04, importSeconds: 1, failed: true },
    { ring: 'unit', file: 'b.test.ts', seconds: 2, importSeconds: 0.6, failed: false },
  ];
  expect(timeTable([{ name: 'rules', seconds: 62.4, processorSeconds: 101.2 }], files).split('\n')).toEqual([
    'phase  seconds  processor seconds',
    'rules       62                101',
    '',
    'ring  files  seconds in tests  seconds reading files',
    'unit      2                 3                      1',
    'lab       1                61                      1',
    '',
    'seconds  ring  the 20 slowest files',
    '   61.0  lab   moves.test.ts',
    '    2.0  unit  b.test.ts',
    '    1.3  unit  a.test.ts',
  ]);
});
