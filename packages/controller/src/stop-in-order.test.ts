import { afterEach, expect, test, vi } from 'vitest';
import { stopInOrder } from './stop-in-order.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('what holds the stop is named with how many there are, and what is quick is not', async () => {
  vi.useFakeTimers();
  const told: unknown[] = [];
  const order: string[] = [];
  const held = Promise.withResolvers<undefined>();
  const log = { info: (fields: object, text: string) => void told.push([fields, text]) };
  const stopped = stopInOrder(
    [
      { what: 'clients', stop: () => Promise.resolve(order.push('clients')) },
      {
        what: 'operations',
        left: () => 2,
        stop: async () => {
          await held.promise;
          order.push('operations');
        },
      },
      { what: 'the database', stop: () => Promise.resolve(order.push('database')) },
    ],
    log as never,
  );
  await vi.advanceTimersByTimeAsync(4_500);
  expect(order).toEqual(['clients']);
  held.resolve(undefined);
  await stopped;
  expect(order).toEqual(['clients', 'operations', 'database']);
  expect(told).toEqual([
    [{ waitsFor: 'operations', left: 2, waitedMs: 2_000 }, 'the stop waits for operations'],
    [{ waitsFor: 'operations', left: 2, waitedMs: 4_000 }, 'the stop waits for operations'],
  ]);
});
