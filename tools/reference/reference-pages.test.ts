import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { referencePages } from './reference-pages.ts';

test('the pages of docs/reference are what the code says (`make reference` writes them)', async () => {
  const pages = await referencePages();
  expect(pages.size).toBeGreaterThan(0);
  const there = [...pages.keys()].map((name) => [
    name,
    readFileSync(new URL(`../../docs/reference/${name}`, import.meta.url), 'utf8'),
  ]);
  expect(Object.fromEntries(there)).toEqual(Object.fromEntries(pages));
});
