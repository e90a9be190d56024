import { expect, test } from 'vitest';
import { type SharingMove, splitLink } from './split-link.ts';

const mebibyte = 1024 ** 2;
const move = (id: string, leftMib: number, changesMib = 0, priority = 10): SharingMove => ({
  id,
  leftBytes: leftMib * mebibyte,
  changesBytesPerSecond: changesMib * mebibyte,
  priority,
});
const shares = (capacityMib: number, moves: readonly SharingMove[]): Record<string, number> =>
  Object.fromEntries(
    [...splitLink(capacityMib * mebibyte, moves)].map(([id, share]) => [id, Math.round(share / mebibyte)]),
  );

test('equal moves have equal shares, and one alone all of it', () => {
  expect(shares(100, [move('a', 1024), move('b', 1024)])).toEqual({ a: 50, b: 50 });
  expect(shares(100, [move('a', 1024)])).toEqual({ a: 100 });
});

test('four times as much to send, or four times the weight, is twice the share', () => {
  expect(shares(90, [move('a', 1024), move('b', 4096)])).toEqual({ a: 30, b: 60 });
  expect(shares(90, [move('a', 1024), move('b', 1024, 0, 40)])).toEqual({ a: 30, b: 60 });
});

test('each gets what its guest changes first, and the surplus is shared', () => {
  expect(shares(100, [move('a', 1024, 40), move('b', 1024)])).toEqual({ a: 70, b: 30 });
});

test('where the guests change more than the link carries, it goes by what is left alone', () => {
  expect(shares(100, [move('a', 1024, 90), move('b', 1024, 60)])).toEqual({ a: 50, b: 50 });
});

test('one that has hardly anything left still gets a tenth of an even share, and no more goes than the link carries', () => {
  const split = shares(100, [move('a', 0), move('b', 100_000)]);
  expect(split['a']).toBeGreaterThanOrEqual(4);
  expect((split['a'] ?? 0) + (split['b'] ?? 0)).toBeLessThanOrEqual(100);
});
