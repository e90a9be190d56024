import { expect, test } from 'vitest';
import { Readiness } from './readiness.ts';

test('each part tells why it is not ready, one that throws or is silent included, and nothing of an error is told', async () => {
  const readiness = new Readiness();
  readiness.add('well', () => Promise.resolve(null));
  readiness.add('ended', () => Promise.resolve('it ended'));
  readiness.add('broken', () => Promise.reject(new Error('password=secret')));
  readiness.add('silent', () => new Promise(() => undefined));
  readiness.round('renewing leases', false, '2030-01-01T00:00:00.000Z');
  readiness.round('renewing leases', false, '2030-01-01T00:00:09.000Z');
  expect(await readiness.state()).toEqual([
    { part: 'broken', reason: 'it does not answer: see the log' },
    { part: 'ended', reason: 'it ended' },
    { part: 'rounds', reason: 'renewing leases has failed since 2030-01-01T00:00:00.000Z: see the log' },
    { part: 'silent', reason: 'it has not answered within 2 s' },
    { part: 'well', reason: null },
  ]);
});

test('whoever asks at once is told the same look, and a round that ends well is forgotten', async () => {
  let looks = 0;
  const readiness = new Readiness();
  readiness.add('counted', () => {
    looks += 1;
    return Promise.resolve(null);
  });
  readiness.round('a round', false, '2030-01-01T00:00:00.000Z');
  readiness.round('a round', true, '2030-01-01T00:00:01.000Z');
  const states = await Promise.all([readiness.state(), readiness.state()]);
  expect([looks, states[0], states[1]]).toEqual([1, states[1], states[0]]);
  expect(states[0]).toContainEqual({ part: 'rounds', reason: null });
});
