import { expect, test } from 'vitest';
import { sampleStore, web } from './sample-store.test-support.ts';
import type { ServerQuery } from './server-record.ts';

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
    seen.push(...page.map(({ instance }) => instance.id));
    if (page.length < 5) break;
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
  expect(page).toMatchObject([
    { instance: { name: 'web 2' } },
    { instance: { name: 'web 2' } },
    { instance: { name: 'web 2' } },
  ]);
});

test('states, hosts and ids', async () => {
  await using store = await disposable();
  const count = async (query: Partial<ServerQuery>): Promise<number> => {
    const page = await store.servers.page({ ...all, ...query });
    return page === 'no-marker' ? -1 : page.length;
  };
  expect(await count({ states: [{ vmState: 'stopped', tasks: null, not: ['resize_prep'] }] })).toBe(6);
  expect(await count({ states: [{ vmState: 'active', tasks: ['migrating'], not: [] }] })).toBe(0);
  expect(await count({ hosts: ['b'] })).toBe(0);
  expect(await count({ ids: ['web-03', 'nosuch'] })).toBe(1);
  expect(await count({ nameContains: 'WEB 1' })).toBe(4);
  expect(await count({ marker: 'nosuch' })).toBe(-1);
  expect(await count({ projectIds: ['another'] })).toBe(0);
});

async function disposable(): Promise<Awaited<ReturnType<typeof sampleStore>> & AsyncDisposable> {
  const store = await sampleStore(many);
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() });
}
