import { expect, test } from 'vitest';
import { isFor, retryPauseMs, unknownKinds, webhookRules } from './webhook.ts';

test('a webhook is for kinds by their name, by their noun, or for all', () => {
  expect(isFor(['migration.updated'], 'migration.updated')).toBe(true);
  expect(isFor(['migration.*'], 'migration.updated')).toBe(true);
  expect(isFor(['host.*', '*'], 'plan.updated')).toBe(true);
  expect(isFor(['migration.*', 'host.added'], 'host.updated')).toBe(false);
  // A noun whole.
  expect(isFor(['mig.*'], 'migration.updated')).toBe(false);
});

test('kinds that no event is of are told', () => {
  const known = ['host.added', 'migration.updated'];
  expect(unknownKinds(['*', 'host.*', 'migration.updated'], known)).toEqual([]);
  expect(unknownKinds(['vm.*', 'host.gone', 'host'], known)).toEqual(['vm.*', 'host.gone', 'host']);
});

test('pauses double up to five minutes, however often it has failed', () => {
  const pauses = [1, 2, 3, 9, 10, 1_000_000].map((failures) => retryPauseMs(webhookRules, failures));
  expect(pauses).toEqual([1_000, 2_000, 4_000, 256_000, 300_000, 300_000]);
});
