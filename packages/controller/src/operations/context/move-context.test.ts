import { expect, test } from 'vitest';
import { abortable, type MoveContext } from './move-context.ts';

/** A context whose database is away from the second question on, and answers again after the fourth. */
function contextOf(asked: { times: number }, requestedFrom: number): MoveContext {
  const byId = (): Promise<unknown> => {
    asked.times += 1;
    if (asked.times > 1 && asked.times < 5) return Promise.reject(new Error('the database is away'));
    return Promise.resolve({ abortRequested: asked.times >= requestedFrom });
  };
  const services = { limits: { pollMs: 1 }, store: { migrations: { byId } } };
  return { input: {}, services, signal: new AbortController().signal } as unknown as MoveContext;
}

function untilTold(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('told to end')), { once: true });
  });
}

test('an abort is heard by work that takes long, also when the database was away meanwhile', async () => {
  const asked = { times: 0 };
  await expect(abortable(contextOf(asked, 7), untilTold)).rejects.toMatchObject({ code: 'aborted' });
  expect(asked.times).toBeGreaterThanOrEqual(7);
});
