import { expect, test } from 'vitest';
import { labPaths } from './lab-paths.ts';

test('everything of a lab carries its name', () => {
  const paths = labPaths('one');
  expect(paths.fabric).toBe('ferry-one-fabric');
  expect(paths.namespace('compute11')).toBe('ferry-one-compute11');
  expect(paths.host('compute11').startsWith(paths.directory)).toBe(true);
});

test.each(['', 'A', 'a-b', '../x', 'toolongforalab'])('"%s" cannot name a lab', (name) => {
  expect(() => labPaths(name)).toThrow('cannot name a lab');
});
