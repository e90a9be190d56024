import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { JsonList, LongLists } from './long-lists.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const view = (number: number): object => ({
  number,
  text: `"${number}"\u2028é`,
  none: undefined,
  list: [null],
});

test.each([0, 1, 49, 50, 51, 1000])('a list of %i is written to the letter as JSON is', async (count) => {
  const items = numbers(count);
  for (const rest of [{}, { things_links: [{ rel: 'next' }] }]) {
    const list = new JsonList('things');
    await list.add(items.slice(0, 120), view);
    await list.add(items.slice(120), view);
    expect(list.end(rest)).toBe(JSON.stringify({ things: items.map(view), ...rest }));
  }
});

test('between slices of fifty everybody else has a turn', async () => {
  const told = { count: 0, isAll: false };
  const adding = new JsonList('numbers').add(numbers(1000), (number) => {
    told.count += 1;
    return { number };
  });
  void adding.then(() => (told.isAll = true));
  const seen = [told.count];
  for (let turn = 0; turn < 100 && !told.isAll; turn += 1) {
    await nextTurn();
    seen.push(told.count);
  }
  expect(told).toEqual({ count: 1000, isAll: true });
  const steps = seen.slice(1).map((at, index) => at - (seen[index] ?? 0));
  expect(Math.max(seen[0] ?? 0, ...steps)).toBe(50);
});

test('two are at work at a time, the others in the order in which they came, also after a failure', async () => {
  const lists = new LongLists();
  const began: number[] = [];
  const ends = numbers(4).map(() => Promise.withResolvers<void>());
  const all = ends.map((end, number) =>
    lists.inTurn(() => {
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
