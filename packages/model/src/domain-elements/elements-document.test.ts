import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { allChecks } from '../check/all-checks.ts';
import { allRows } from './judge-elements.ts';
import { elementsDocument } from './elements-document.ts';

test('docs/domain-elements.md is the table: `make domain-elements` writes it', () => {
  const page = readFileSync(new URL('../../../../docs/domain-elements.md', import.meta.url), 'utf8');
  expect(page).toBe(elementsDocument());
});

test('no path has two rows, each has a reason, and the checks that rows name are there', () => {
  const paths = allRows.map(({ path }) => path);
  expect(paths.filter((path, at) => paths.indexOf(path) !== at)).toEqual([]);
  expect(allRows.filter(({ because }) => because === '')).toEqual([]);
  const codes = allChecks.map(({ code }) => code);
  const named = allRows.flatMap(({ live, cold }) =>
    [live, cold].flatMap((one) => ('check' in one ? one.check : 'saidBy' in one ? (one.saidBy ?? []) : [])),
  );
  expect(named.filter((code) => !codes.includes(code))).toEqual([]);
});
