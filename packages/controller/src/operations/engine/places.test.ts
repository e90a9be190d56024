import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Places } from './places.ts';

test('two have places, the others in the order in which they came, also after a failure', async () => {
  const places = new Places(2);
  const began: number[] = [];
  const ends = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
  const all = ends.map((end, number) =>
    places.with(() => {
      began.push(number);
      return end.promise;
    }),
  );
  await nextTurn();
  expect(began).toEqual([0, 1]);
  ends[1]?.reject(new Error('lost'));
  await expect(all[1]).rejects.toThrow('lost');
  await nextTurn();
  expect(began).toEqual([0, 1, 2]);
  for (const index of [0, 2, 3]) ends[index]?.resolve();
  await Promise.all([all[0], all[2], all[3]]);
  expect(began).toEqual([0, 1, 2, 3]);
});
