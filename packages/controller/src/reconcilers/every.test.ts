import { pino } from 'pino';
import { expect, test } from 'vitest';
import { every } from './every.ts';

const log = pino({ level: 'silent' });
const never = 3_600_000;

test('work is done again and again, one round at a time, also after one that failed', async () => {
  let rounds = 0;
  let atOnce = 0;
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  const repeated = every(1, 'a test', log, async () => {
    atOnce += 1;
    expect(atOnce).toBe(1);
    await new Promise(setImmediate);
    atOnce -= 1;
    rounds += 1;
    if (rounds === 3) resolve();
    if (rounds === 1) throw new Error('the first fails');
  });
  await enough;
  await repeated.stop();
  const then = rounds;
  await new Promise(setImmediate);
  expect(rounds).toBe(then);
});

test('stopped during its work it ends with that, and does not wait for the next round', async () => {
  const { promise: working, resolve: begin } = Promise.withResolvers<void>();
  const { promise: work, resolve: end } = Promise.withResolvers<void>();
  const repeated = every(never, 'a test', log, () => {
    begin();
    return work;
  });
  await working;
  const stopped = repeated.stop();
  end();
  await expect(stopped).resolves.toBeUndefined();
});

test('stopped while it waits it ends at once', async () => {
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const repeated = every(never, 'a test', log, () => resolve());
  await done;
  await expect(repeated.stop()).resolves.toBeUndefined();
});

test('woken it begins its next round at once, and after the one that runs', async () => {
  let rounds = 0;
  let { promise: ran, resolve } = Promise.withResolvers<void>();
  const repeated = every(never, 'a test', log, () => {
    rounds += 1;
    if (rounds === 2) repeated.wake();
    if (rounds !== 2) resolve();
  });
  await ran;
  ({ promise: ran, resolve } = Promise.withResolvers<void>());
  // Twice before it runs is one round.
  repeated.wake();
  repeated.wake();
  await ran;
  expect(rounds).toBe(3);
  await repeated.stop();
});
