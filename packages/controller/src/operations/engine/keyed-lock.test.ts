import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { KeyedLock, Places } from './keyed-lock.ts';

/** Work that ends when it is told to. */
function task(): { work: () => Promise<void>; end: () => void; fail: () => void } {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  return { work: () => promise, end: resolve, fail: () => reject(new Error('failed')) };
}

test('those who wait are told who has it, also when that is another one by now', async () => {
  const lock = new KeyedLock();
  const [first, second] = [task(), task()];
  const told: string[] = [];
  const order: string[] = [];
  const onWait = (holder: string): Promise<void> => Promise.resolve(void told.push(holder));
  const one = lock.with('key', first.work, { holder: 'one' });
  const two = lock.with('key', second.work, { holder: 'two' }).then(() => order.push('two'));
  const three = lock.with('key', () => Promise.resolve(order.push('three')), { onWait });
  expect(told).toEqual(['one']);
  first.fail();
  await expect(one).rejects.toThrow('failed');
  expect(told).toEqual(['one', 'two']);
  second.end();
  await Promise.all([two, three]);
  expect(order).toEqual(['two', 'three']);
});

test('other keys do not wait, and a key is free again', async () => {
  const lock = new KeyedLock();
  const held = task();
  const one = lock.with('key', held.work);
  await expect(lock.with('other', () => Promise.resolve('done'))).resolves.toBe('done');
  held.end();
  await one;
  await expect(lock.with('key', () => Promise.resolve('done'))).resolves.toBe('done');
});

test('a wait that is given up leaves its place; who stands behind gets the turn', async () => {
  const lock = new KeyedLock();
  const held = task();
  const stop = new AbortController();
  const one = lock.with('key', held.work);
  const two = lock.with('key', () => Promise.resolve('never'), { signal: stop.signal });
  const three = lock.with('key', () => Promise.resolve('three'));
  stop.abort(new Error('given up'));
  await expect(two).rejects.toThrow('given up');
  held.end();
  await one;
  await expect(three).resolves.toBe('three');
});

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
