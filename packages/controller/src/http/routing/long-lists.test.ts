import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { JsonList } from './long-lists.ts';

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
