import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { problems } from './problems.ts';

test('each refusal has a status that fits, a sentence and a remedy', () => {
  for (const [code, { status, message, remedy }] of Object.entries(problems)) {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(message).toMatch(/\.$/);
    expect(remedy).not.toBe('');
  }
});

test('the list of refusals in the documentation is this one', () => {
  const page = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| `([a-z-]+)` \| (\d+) \|/gm)].map((row) => [row[1], Number(row[2])]);
  expect(listed).toEqual(Object.entries(problems).map(([code, { status }]) => [code, status]));
});
