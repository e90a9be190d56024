import { expect, test } from 'vitest';
import { filesToRunAgain } from './failures.ts';

const onHosts = (file: string) => ({ ring: 'lab', file });

test('files on real hosts that failed are run again, each whole', () => {
  const files = [onHosts('tests/lab/moves.test.ts'), onHosts('tests/lab/warm.test.ts')];
  expect(filesToRunAgain({ files, outsideTests: 0 })).toEqual([
    'tests/lab/moves.test.ts',
    'tests/lab/warm.test.ts',
  ]);
});

test('nothing is run again where something else failed too', () => {
  const files = [onHosts('tests/lab/moves.test.ts'), { ring: 'unit', file: 'tools/borders.test.ts' }];
  expect(filesToRunAgain({ files, outsideTests: 0 })).toEqual([]);
  expect(filesToRunAgain({ files: files.slice(0, 1), outsideTests: 1 })).toEqual([]);
});

test('more than three files are not bad luck', () => {
  const files = ['a', 'b', 'c', 'd'].map(onHosts);
  expect(filesToRunAgain({ files: files.slice(1), outsideTests: 0 })).toHaveLength(3);
  expect(filesToRunAgain({ files, outsideTests: 0 })).toEqual([]);
});

test('nothing that failed, nothing again', () => {
  expect(filesToRunAgain({ files: [], outsideTests: 0 })).toEqual([]);
});
