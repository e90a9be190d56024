import { expect, test } from 'vitest';
import { EventStore } from '../operations/event-store.ts';
import { bringUpToDate } from '../schema/bring-up-to-date.ts';
import { LeaseLost } from './lock-store.ts';
import { openDatabase } from './open-database.ts';
import { Session } from './session.ts';

const now = (): string => '2026-01-01T00:00:00.000Z';
const event = { kind: 'host.updated', subjectId: 'h', message: 'changed' };

async function opened() {
  const db = openDatabase(':memory:');
  await bringUpToDate(db, ':memory:');
  const events = new EventStore(db, now);
  let woken = 0;
  events.committed = () => void (woken += 1);
  const wakings = (): number => woken;
  return { db, events, wakings, session: new Session(db, events, now, null) };
}

test('followers are woken once for what was told, after it is done, and for nothing else', async () => {
  const { db, events, session, wakings } = await opened();
  const answer = await session.write(async ({ tell }) => {
    await tell(event);
    await tell({ ...event, message: 'changed again' });
    expect(wakings()).toBe(0);
    return 'done';
  });
  expect(answer).toBe('done');
  expect(wakings()).toBe(1);
  await session.writeAlone(({ tx }) => tx.selectFrom('host').selectAll().execute());
  expect(wakings()).toBe(1);
  expect((await events.after(0)).map(({ message }) => message)).toEqual(['changed', 'changed again']);
  await db.destroy();
});

test('work that fails leaves nothing, and wakes nobody', async () => {
  const { db, events, session, wakings } = await opened();
  const work = session.write(async ({ tell }) => {
    await tell(event);
    throw new Error('no');
  });
  await expect(work).rejects.toThrow('no');
  expect(await events.after(0)).toEqual([]);
  expect(wakings()).toBe(0);
  await db.destroy();
});

test('under a lease that is lost no work begins', async () => {
  const { db, events } = await opened();
  const operation = { id: 'o', workflow: 'w', input: '{}', state: 'open', created_at: now(), fence: 2 };
  await db
    .insertInto('operation')
    .values({ ...operation, controller_id: 'other', lease_until: 0 })
    .execute();
  let begun = 0;
  const work = (fence: number) =>
    new Session(db, events, now, { operationId: 'o', fence }).write(() => Promise.resolve((begun += 1)));
  await expect(work(1)).rejects.toBeInstanceOf(LeaseLost);
  expect(begun).toBe(0);
  expect(await work(2)).toBe(1);
  await db.destroy();
});
