import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { thoroughParts } from './thorough-parts.ts';

const root = join(import.meta.dirname, '../..');

test('parts have names of their own, files that are there, and prove what is there', () => {
  expect(new Set(thoroughParts.map(({ name }) => name)).size).toBe(thoroughParts.length);
  const named = thoroughParts.flatMap(({ files, proves }) => [...files, ...proves]);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  expect(thoroughParts.filter(({ files }) => files.length === 0)).toEqual([]);
});

test('each file with a test that the gate leaves out is run whole by a part', () => {
  const tagged = globSync(['tests/**/*.test.ts', 'packages/*/src/**/*.test.ts', 'lab/src/**/*.test.ts'], {
    cwd: root,
  }).filter((file) => /tags: 'thorough'/.test(readFileSync(join(root, file), 'utf8')));
  expect(tagged.length).toBeGreaterThan(0);
  const run = new Set(thoroughParts.flatMap(({ files }) => files));
  expect(tagged.filter((file) => !run.has(file))).toEqual([]);
});

test('no test is left out of both: what a part runs whole in one ring is left out of the gate in that ring alone', () => {
  const places = thoroughParts.flatMap(({ ring, files }) => files.map((file) => `${ring} ${file}`));
  expect(places.toSorted()).toEqual([...new Set(places)].toSorted());
});
