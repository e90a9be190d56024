import { expect, test } from 'vitest';
import { inTurns } from './in-turns.ts';

test('so many are under way at once, the next begins when one ends, and results keep their places', async () => {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const all = inTurns(['one', 'two', 'three', 'four'], 2, async (name) => {
    begun.push(name);
    await new Promise<void>((resolve) => ends.set(name, resolve));
    return name.toUpperCase();
  });
  expect(begun).toEqual(['one', 'two']);
  for (const [name, next] of [
    ['two', 'three'],
    ['three', 'four'],
  ] as const) {
    ends.get(name)?.();
    await expect.poll(() => begun.at(-1)).toBe(next);
  }
  ends.get('one')?.();
  ends.get('four')?.();
  await expect(all).resolves.toEqual(['ONE', 'TWO', 'THREE', 'FOUR']);
});

test('a failure is the whole’s failure', async () => {
  await expect(
    inTurns([1, 2], 1, (number) =>
      number === 1 ? Promise.reject(new Error('one is bad')) : Promise.resolve(number),
    ),
  ).rejects.toThrow('one is bad');
});
