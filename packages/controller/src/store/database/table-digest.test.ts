import { expect, test } from 'vitest';
import { TableDigest } from '../schema/copy-database.ts';

const digestOf = (...rows: readonly Readonly<Record<string, unknown>>[]): string => {
  const digest = new TableDigest();
  for (const row of rows) digest.add(row);
  return digest.text;
};

test('the order of rows and of columns is none of it, and every value is', () => {
  const [one, two] = [
    { id: 'a', n: 1, t: null },
    { id: 'b', n: 2, t: 'x' },
  ];
  expect(digestOf(one, two)).toBe(digestOf(two, { t: null, n: 1, id: 'a' }));
  expect(digestOf(one, two)).not.toBe(digestOf(one, { ...two, t: 'y' }));
  expect(digestOf(one, two)).not.toBe(digestOf(one));
  // Twice the same row is not none, and a text is no number.
  expect(digestOf(one, one)).not.toBe(digestOf());
  expect(digestOf({ n: 1 })).not.toBe(digestOf({ n: '1' }));
  expect(digestOf({ n: 1n, b: new Uint8Array([1]) })).toBe(digestOf({ n: 1, b: Buffer.from([1]) }));
});
