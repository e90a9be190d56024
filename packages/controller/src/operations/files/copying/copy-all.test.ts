import { expect, test } from 'vitest';
import { copyAll } from './copy-all.ts';

const never = new AbortController().signal;

test('results come in the order of the items, with no more at a time than allowed', async () => {
  let running = 0;
  let most = 0;
  const results = await copyAll([5, 1, 4, 2, 3], 2, never, async (item) => {
    running += 1;
    most = Math.max(most, running);
    for (let turn = 0; turn < item; turn += 1) await Promise.resolve();
    running -= 1;
    return item * 10;
  });
  expect(results).toEqual([50, 10, 40, 20, 30]);
  expect(most).toBe(2);
});

test('a failure stops the others, begins none, and is thrown when all have come to rest', async () => {
  const seen: string[] = [];
  const copying = copyAll(['bad', 'slow', 'late'], 2, never, async (item, signal) => {
    seen.push(`${item} began`);
    if (item === 'bad') throw new Error('no room');
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve, { once: true });
    });
    seen.push(`${item} stopped`);
  });
  await expect(copying).rejects.toThrow('no room');
  expect(seen).toEqual(['bad began', 'slow began', 'slow stopped']);
});

test('nothing to do is done', async () => {
  expect(await copyAll([], 2, never, () => Promise.reject(new Error('called')))).toEqual([]);
});
