import { expect, test } from 'vitest';
import { filesToRunAgain } from './failures.ts';
import { emptyRecord, type FileRecord } from './run-record.ts';

const failed = (file: string, ring = 'lab'): FileRecord => ({
  ring,
  file,
  seconds: 1,
  importSeconds: 0,
  failed: true,
});
const record = (files: readonly FileRecord[], outsideTests = 0) => ({ ...emptyRecord, files, outsideTests });

test('files on real hosts that failed are run again, each whole', () => {
  const files = [
    failed('tests/lab/moves.test.ts'),
    failed('tests/lab/warm.test.ts'),
    { ...failed('tests/sim/moves.test.ts', 'sim'), failed: false },
  ];
  expect(filesToRunAgain(record(files))).toEqual(['tests/lab/moves.test.ts', 'tests/lab/warm.test.ts']);
});

test('nothing is run again where something else failed too', () => {
  const files = [failed('tests/lab/moves.test.ts'), failed('tools/borders.test.ts', 'unit')];
  expect(filesToRunAgain(record(files))).toEqual([]);
  expect(filesToRunAgain(record(files.slice(0, 1), 1))).toEqual([]);
});

test('more than three files are not bad luck', () => {
  const files = ['a', 'b', 'c', 'd'].map((name) => failed(name));
  expect(filesToRunAgain(record(files.slice(1)))).toHaveLength(3);
  expect(filesToRunAgain(record(files))).toEqual([]);
});

test('nothing that failed, nothing again', () => {
  expect(filesToRunAgain(record([]))).toEqual([]);
});
