import { expect, test } from 'vitest';
import { type PreparedMove, whatChanged } from './still-fits.ts';

const gib = 1024 ** 3;
const prepared: PreparedMove = {
  instanceName: 'web',
  source: { name: 'a', power: 'running', silent: null },
  target: { name: 'b', silent: null, takesNone: null, memoryAvailableBytes: 4 * gib },
  memoryBytes: 4 * gib,
};

test('a move whose hosts are as they were may be sent, also of a guest that is paused', () => {
  expect(whatChanged(prepared)).toEqual([]);
  expect(whatChanged({ ...prepared, source: { ...prepared.source, power: 'paused' } })).toEqual([]);
  const unknown = { ...prepared.target, memoryAvailableBytes: null };
  expect(whatChanged({ ...prepared, target: unknown })).toEqual([]);
});

test('all that has changed is told at once, with figures', () => {
  expect(
    whatChanged({
      ...prepared,
      source: { name: 'a', power: 'shutoff', silent: null },
      target: {
        name: 'b',
        silent: null,
        takesNone: 'it is in maintenance',
        memoryAvailableBytes: 3 * gib,
      },
    }),
  ).toEqual([
    'web is shutoff on a',
    'b takes no instance: it is in maintenance',
    'b has 3 GiB of memory available and web takes 4 GiB',
  ]);
});

test('of a host that is silent nothing else is told', () => {
  expect(
    whatChanged({
      ...prepared,
      source: { name: 'a', power: null, silent: 'connection refused' },
      target: { name: 'b', silent: 'no answer within 5000 ms', takesNone: null, memoryAvailableBytes: 0 },
    }),
  ).toEqual(['a does not answer: connection refused', 'b does not answer: no answer within 5000 ms']);
});
