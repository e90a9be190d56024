import { expect, test } from 'vitest';
import { Refusal } from './refusal.ts';
import { refusalOfFailure } from './refusal-of-failure.ts';

const withCode = (code: string): Error => Object.assign(new Error('it broke'), { code });

test.each([
  ['a server that is not there', withCode('ECONNREFUSED')],
  ['one that is silent', withCode('database-silent')],
  ['one that shuts down', withCode('57P01')],
  ['one that has no connections left', withCode('53300')],
  ['a cause', new Error('a query failed', { cause: withCode('08006') })],
  ['a connection that ended', new Error('Connection terminated unexpectedly')],
])('%s is a database that is away', (_what, error) => {
  expect(refusalOfFailure(error)).toMatchObject({ code: 'database-away' });
});

test.each([withCode('23505'), new TypeError('x is not a function'), 'a word', null])(
  '%s is a failure of the controller',
  (error) => {
    expect(refusalOfFailure(error)).toBeNull();
  },
);

test('a refusal is what it is', () => {
  const refusal = new Refusal('host-not-found', 'There is no host.');
  expect(refusalOfFailure(refusal)).toBe(refusal);
});
