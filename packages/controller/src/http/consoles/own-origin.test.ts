import { expect, test } from 'vitest';
import { isFromOwnPage } from './own-origin.ts';

const known = ['10.0.0.5:8774', 'https://horizon.example.org', 'cloud.example.org:443'];

test.each([
  [undefined, true],
  ['http://10.0.0.5:8774', true],
  ['https://horizon.example.org', true],
  ['https://horizon.example.org:8443', false],
  ['https://cloud.example.org', true],
  ['http://10.0.0.5', false],
  ['http://10.0.0.5:8774.evil.org', false],
  ['https://evil.org', false],
  ['null', false],
  ['', false],
  ['file://', false],
])('a page of %s: %s', (origin, expected) => {
  expect(isFromOwnPage({ headers: origin === undefined ? {} : { origin } }, known)).toBe(expected);
});
