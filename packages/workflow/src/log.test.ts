import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failureOf } from './log.ts';
import { toPlain } from './plain.ts';

describe('toPlain', () => {
  test('gives what the log gives back, for all that JSON can hold', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(toPlain(value)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('leaves undefined out of objects and makes it null elsewhere', () => {
    expect(toPlain({ a: undefined, b: [undefined] })).toEqual({ b: [null] });
    expect(toPlain(undefined)).toBeNull();
  });

  test.each([
    { value: { at: new Date(0) }, says: 'value.at is a Date' },
    { value: [new Map()], says: 'value[0] is a Map' },
    { value: Number.NaN, says: 'value is NaN' },
    { value: { n: 1n }, says: 'value.n is a bigint' },
    { value: () => 1, says: 'value is a function' },
  ])('refuses what JSON would change: $says', ({ value, says }) => {
    expect(() => toPlain(value)).toThrow(says);
  });
});

describe('failureOf', () => {
  test('keeps code, message, detail and the chain of causes', () => {
    const root = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    const error = Object.assign(new Error('no answer', { cause: root }), {
      code: 'host-down',
      detail: { host: 'a' },
    });
    expect(failureOf(error)).toEqual({
      code: 'host-down',
      message: 'no answer',
      detail: { host: 'a' },
      cause: { code: 'ECONNREFUSED', message: 'refused' },
    });
  });

  test('takes anything that can be thrown, and always gives plain data', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        const failure = failureOf(thrown);
        expect(toPlain(failure)).toEqual(failure);
      }),
    );
  });

  test('does not follow a circle of causes for ever', () => {
    const error = new Error('a');
    error.cause = error;
    expect(JSON.stringify(failureOf(error)).length).toBeLessThan(1000);
  });
});
