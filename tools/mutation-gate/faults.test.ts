import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { faults } from './faults.ts';

const root = join(import.meta.dirname, '../..');

test.each(faults)('$name: what is to be changed stands in its file once', ({ file, find, replace }) => {
  const text = readFileSync(join(root, file), 'utf8');
  expect(text.split(find)).toHaveLength(2);
  expect(replace).not.toBe(find);
});

test.each(faults)('$name: the tests that are to catch it are there', ({ caughtBy }) => {
  expect(caughtBy.files.filter((path) => existsSync(join(root, path)))).toEqual(caughtBy.files);
});
