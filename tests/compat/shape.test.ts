import { expect, test } from 'vitest';
import { shapeDifferences } from './shape.ts';

const sample = {
  list: [
    { id: 'a', size: 1, note: null },
    { id: 'b', size: 2 },
  ],
  on: true,
};

test('the same shape with other values does not differ', () => {
  expect(shapeDifferences({ list: [{ id: 'c', size: 3, note: 'x' }], on: false }, sample)).toEqual([]);
});

test('each difference is named where it is', () => {
  const actual = { list: [{ id: 7, more: 1 }], on: null };
  expect(shapeDifferences(actual, sample)).toEqual([
    'list[].size is missing',
    'list[].more is not in the sample',
    'list[].id is number, not string',
    'on is null, not boolean',
  ]);
});

test('what is to be passed over is not named', () => {
  const options = { ignore: ['list[].size', 'extra'], nullable: ['on'] };
  expect(shapeDifferences({ list: [{ id: 'a' }], on: null, extra: 1 }, sample, options)).toEqual([]);
});
