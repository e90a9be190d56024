import { firstProject } from '@ferry/model';
import { expect, test } from 'vitest';
import { sampleStore, web } from './sample-store.test-support.ts';
import type { ServerPage } from './server-page.ts';
import type { ServerQuery, ServerRecord } from './server-record.ts';

const all: ServerQuery = {
  projectIds: null,
  userIds: null,
  ids: null,
  hosts: null,
  vmStates: null,
  taskStates: null,
  images: null,
  states: null,
  locked: null,
  nameContains: null,
  lives: 'living',
  changedSince: null,
  changedBefore: null,
  sort: [{ key: 'created_at', descending: true }],
  marker: null,
  limit: 1000,
  keep: null,
};
const many = Array.from({ length: 12 }, (_, number) => ({
  ...web,
  id: `web-${String(number).padStart(2, '0')}`,
  name: `web ${number % 3}`,
  powerState: number % 2 === 0 ? ('running' as const) : ('shutoff' as const),
  vmState: number % 2 === 0 ? ('active' as const) : ('stopped' as const),
}));

test.each([
  ['name', false],
  ['name', true],
  ['created_at', true],
  ['task_state', false],
  ['launched_at', true],
] as const)('pages by %s (descending: %s) show each server once', async (key, descending) => {
  await using store = await disposable();
  const seen: string[] = [];
  for (;;) {
    const marker = seen.at(-1) ?? null;
    const page = await store.servers.page({ ...all, sort: [{ key, descending }], limit: 5, marker });
    if (page === 'no-marker') throw new Error('the marker was a server of the page before');
    seen.push(...(await read(page)).map(({ instance }) => instance.id));
    if (page.next === null) break;
    expect(page.next).toBe(seen.at(-1));
  }
  expect(seen.toSorted()).toEqual(many.map(({ id }) => id));
});

test('what SQL does not say is looked at one by one, and the page is full all the same', async () => {
  await using store = await disposable();
  const page = await store.servers.page({
    ...all,
    limit: 3,
    keep: ({ instance }) => instance.name === 'web 2',
  });
  expect(page === 'no-marker' ? null : await read(page)).toMatchObject([
    { instance: { name: 'web 2' } },
    { instance: { name: 'web 2' } },
    { instance: { name: 'web 2' } },
  ]);
});

test('what is given away while a page is read is not told, and the next page begins where it would have', async () => {
  await using store = await disposable();
  const page = await store.servers.page({ ...all, projectIds: [firstProject.id], limit: 5 });
  if (page === 'no-marker') throw new Error('no marker was given');
  for (const id of ['web-11', 'web-10']) await store.profiles.change(id, () => ({ projectId: 'another' }));
  expect((await read(page)).map(({ instance }) => instance.id)).toEqual(['web-09', 'web-08', 'web-07']);
  expect(page.next).toBe('web-07');
});

test('states, hosts and ids', async () => {
  await using store = await disposable();
  const count = async (query: Partial<ServerQuery>): Promise<number> => {
    const page = await store.servers.page({ ...all, ...query });
    if (page === 'no-marker') return -1;
    const { length } = await read(page);
    expect(page.size).toBe(length);
    return length;
  };
  expect(await count({ states: [{ vmState: 'stopped', tasks: null, not: ['resize_prep'] }] })).toBe(6);
  expect(await count({ states: [{ vmState: 'active', tasks: ['migrating'], not: [] }] })).toBe(0);
  expect(await count({ hosts: ['b'] })).toBe(0);
  expect(await count({ ids: ['web-03', 'nosuch'] })).toBe(1);
  expect(await count({ nameContains: 'WEB 1' })).toBe(4);
  expect(await count({ marker: 'nosuch' })).toBe(-1);
  expect(await count({ projectIds: ['another'] })).toBe(0);
});

async function read(page: ServerPage): Promise<ServerRecord[]> {
  const servers: ServerRecord[] = [];
  for await (const batch of page.batches()) servers.push(...batch);
  return servers;
}

async function disposable(): Promise<Awaited<ReturnType<typeof sampleStore>> & AsyncDisposable> {
  const store = await sampleStore(many);
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() });
}
