import { expect, test } from 'vitest';
import { Interruption } from './stream-chunk.ts';

const first = new Error('first');
const never = new Promise<never>(() => undefined);

test('what is waited for comes, or fails, as if nothing were between', async () => {
  const interruption = new Interruption();
  await expect(interruption.orError(Promise.resolve(5))).resolves.toBe(5);
  await expect(interruption.orError(Promise.reject(first))).rejects.toBe(first);
  expect(interruption.error).toBeNull();
});

test('an error ends all waits, and those that begin later', async () => {
  const interruption = new Interruption();
  const waits = Promise.allSettled([interruption.orError(never), interruption.orError(never)]);
  interruption.interrupt(first);
  const rejected = { status: 'rejected', reason: first };
  expect(await waits).toEqual([rejected, rejected]);
  await expect(interruption.orError(never)).rejects.toBe(first);
  await expect(interruption.orError(Promise.resolve(5))).rejects.toBe(first);
});

test('only the first error counts', async () => {
  const interruption = new Interruption();
  interruption.interrupt(first);
  interruption.interrupt(new Error('second'));
  expect(interruption.error).toBe(first);
  await expect(interruption.orError(never)).rejects.toBe(first);
});

test('a failure after the error is of no concern', async () => {
  const interruption = new Interruption();
  const { promise, reject } = Promise.withResolvers<never>();
  const wait = interruption.orError(promise);
  interruption.interrupt(first);
  await expect(wait).rejects.toBe(first);
  reject(new Error('late'));
  // Vitest fails a run in which a rejection was handled by nobody.
  await Promise.resolve();
});
