import { expect, test } from 'vitest';
import { type BorderRules, brokenBorders, type ImportGraph, importCycles } from './borders.ts';

const rules: BorderRules = {
  rooms: {
    'packages/model': { packages: [], node: false },
    'packages/model/examples': { packages: ['@ferry/model'], node: true },
    'packages/store': { packages: ['@ferry/model', '*'], node: true },
  },
  folders: [{ in: 'packages/store/src/http', never: ['packages/store/src/sql'] }],
  testPackages: ['vitest'],
};
const graph = (files: Record<string, string[]>): ImportGraph =>
  new Map(
    Object.entries(files).map(([file, names]) => [
      file,
      names.map((specifier) => ({ specifier, typeOnly: false })),
    ]),
  );

test('an import over a border is named with both sides', () => {
  expect(brokenBorders(graph({ 'packages/model/src/a.ts': ['node:fs', '@ferry/store'] }), rules)).toEqual([
    'packages/model/src/a.ts: packages/model may not import node:fs',
    'packages/model/src/a.ts: packages/model may not import @ferry/store',
  ]);
});

test('a star opens a room to libraries, not to other rooms', () => {
  const files = { 'packages/store/src/a.ts': ['kysely', '@ferry/model', '@ferry/controller'] };
  expect(brokenBorders(graph(files), rules)).toEqual([
    'packages/store/src/a.ts: packages/store may not import @ferry/controller',
  ]);
});

test('a folder is shut against another, and paths do not leave a room', () => {
  const files = { 'packages/store/src/http/a.ts': ['../sql/b.ts', '../../../model/src/a.ts'] };
  expect(brokenBorders(graph(files), rules)).toEqual([
    'packages/store/src/http/a.ts: packages/store/src/http may not import packages/store/src/sql',
    'packages/store/src/http/a.ts: reaches out of packages/store by path into packages/model/src/a.ts',
  ]);
});

test.each(['a.test.ts', 'a.test-support.ts'])('%s may use the test tools where the code may not', (file) => {
  expect(brokenBorders(graph({ [`packages/model/src/${file}`]: ['vitest', 'node:fs'] }), rules)).toEqual([]);
});

test('a cycle is shown file by file', () => {
  const files = { 'a/x.ts': ['./y.ts'], 'a/y.ts': ['./z.ts'], 'a/z.ts': ['./y.ts'] };
  expect(importCycles(graph(files))).toEqual([['a/y.ts', 'a/z.ts', 'a/y.ts']]);
});

/** Two files that take types from each other. */
const circle = (room: string): ImportGraph =>
  new Map([
    [`${room}/x.ts`, [{ specifier: './y.ts', typeOnly: true }]],
    [`${room}/y.ts`, [{ specifier: './x.ts', typeOnly: true }]],
  ]);

test('in the product types go in no circle either', () => {
  expect(importCycles(circle('packages/model/src'))).toHaveLength(1);
  expect(importCycles(circle('tests/sim'))).toEqual([]);
});

test('a room within a room has rules of its own', () => {
  expect(
    brokenBorders(graph({ 'packages/model/examples/a.ts': ['node:fs', '@ferry/model'] }), rules),
  ).toEqual([]);
});
