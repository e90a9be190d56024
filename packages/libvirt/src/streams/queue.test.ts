import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { Queue } from './stream-inbox.ts';

test('gives what was put in, in that order, whatever the turns', () => {
  const turns = fc.array(fc.constantFrom('push', 'push', 'take', 'take', 'clear'), { maxLength: 200 });
  fc.assert(
    fc.property(turns, (all) => {
      const queue = new Queue<number>();
      const model: number[] = [];
      const [taken, expected]: (number | undefined)[][] = [[], []];
      for (const [number, turn] of [...all, ...all.map(() => 'take'), 'take'].entries()) {
        if (turn === 'push') {
          queue.push(number);
          model.push(number);
        } else if (turn === 'take') {
          taken?.push(queue.take());
          expected?.push(model.shift());
        } else {
          queue.clear();
          model.length = 0;
        }
      }
      expect(taken).toEqual(expected);
    }),
  );
});

test('taking all of many moves each about once', () => {
  const queue = new Queue<number>();
  for (let number = 0; number < 10_000; number += 1) queue.push(number);
  const moves = vi.spyOn(Array.prototype, 'slice');
  for (let number = 0; number < 10_000; number += 1) queue.take();
  const moved = moves.mock.results.reduce((sum, { value }) => sum + (value as number[]).length, 0);
  moves.mockRestore();
  // What was taken is let go in between, or a queue that is never empty would grow for ever.
  expect(moved).toBeGreaterThan(5_000);
  expect(moved).toBeLessThan(10_001);
});
