import { type EventBody, eventKinds, type FerryClient } from '@ferry/api';
import { expect, test } from 'vitest';
import { Stage } from './world.ts';

/** Follows events until one that satisfies. */
async function followUntil(
  client: FerryClient,
  after: number | null,
  satisfied: (event: EventBody) => boolean,
): Promise<EventBody[]> {
  const gone = new AbortController();
  const seen: EventBody[] = [];
  try {
    for await (const event of client.events(after, gone.signal)) {
      seen.push(event);
      if (satisfied(event)) return seen;
    }
    throw new Error('the stream ended');
  } finally {
    gone.abort();
  }
}

test('everything that happened is told in order, and a follower goes on where it left off', async () => {
  await using stage = await Stage.open();
  await stage.guest({ name: 'web', directory: '/shared' });
  const { id } = await stage.client().migrate('web', { kind: 'live-migration', host: 'compute12' });
  const all = await followUntil(stage.client('reader'), 0, (event) => event.message === 'completed');
  const numbers = all.map((event) => event.sequence);
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  expect(new Set(numbers).size).toBe(numbers.length);
  const kinds = new Set(all.map((event) => event.kind));
  expect([...kinds]).toEqual(expect.arrayContaining(['host.added', 'instance.adopted', 'migration.updated']));
  expect(eventKinds).toEqual(expect.arrayContaining([...kinds]));
  const told = all.filter((event) => event.subjectId === id).map((event) => event.message);
  expect(told[0]).toBe('compute11 to compute12: accepted');
  expect(told).toContain('web now belongs to compute12');

  const middle = all[Math.floor(all.length / 2)]?.sequence ?? 0;
  const rest = await followUntil(stage.client(), middle, (event) => event.message === 'completed');
  expect(rest).toEqual(all.filter((event) => event.sequence > middle));
});

test('a follower from now on is told nothing of the past, and of what comes at once', async () => {
  await using stage = await Stage.open();
  await stage.guest({ name: 'web', directory: '/shared' });
  const following = followUntil(stage.client(), null, (event) => event.message === 'completed');
  const { id } = await stage.client().migrate('web', { kind: 'live-migration', host: 'compute12' });
  const seen = await following;
  expect(seen.filter((event) => event.kind === 'instance.adopted')).toEqual([]);
  expect(seen.at(-1)).toMatchObject({ subjectId: id, message: 'completed' });
});

test('a follower is told of one kind and one subject alone; a kind that is not known is refused', async () => {
  await using stage = await Stage.open();
  const client = stage.client();
  await stage.guest({ name: 'web', directory: '/shared' });
  const { id } = await client.migrate('web', { kind: 'live-migration', host: 'compute12' });
  const gone = new AbortController();
  const seen: EventBody[] = [];
  for await (const event of client.events(0, gone.signal, { kind: 'migration.updated', subject: id })) {
    seen.push(event);
    if (event.message === 'completed') break;
  }
  gone.abort();
  expect(new Set(seen.map((event) => `${event.kind} ${event.subjectId}`))).toEqual(
    new Set([`migration.updated ${id}`]),
  );
  const wrong = client.events(0, AbortSignal.timeout(5_000), { kind: 'migration' as 'migration.updated' });
  await expect(wrong[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('instance.updated, migration.updated') as string,
  });
});

test('events are for those who have a token', async () => {
  await using stage = await Stage.open();
  const stranger = stage.clientWith('wrong');
  await expect(followUntil(stranger, 0, () => true)).rejects.toMatchObject({
    status: 401,
    code: 'unauthorized',
  });
});
