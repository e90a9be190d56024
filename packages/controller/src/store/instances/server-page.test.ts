import { expect, test } from 'vitest';
import { ServerPage } from './server-page.ts';
import type { ServerQuery, ServerRecord } from './server-record.ts';

const ids = Array.from({ length: 450 }, (_, number) => `s${String(number).padStart(3, '0')}`);

function server(id: string, deletedAt: string | null = null): ServerRecord {
  return { instance: { id }, profile: { projectId: 'p' }, deletedAt } as ServerRecord;
}

/** A page of servers with `gone` deleted after their ids have been read; how many have been read at a time. */
async function pageOf(
  query: Partial<ServerQuery>,
  gone: readonly string[] = [],
): Promise<{ page: ServerPage; told: string[]; batches: number[] }> {
  const batches: number[] = [];
  const reader = {
    idsAfter: (marker: string | null, most: number) =>
      Promise.resolve(ids.slice(marker === null ? 0 : ids.indexOf(marker) + 1).slice(0, most)),
    byIds: (some: readonly string[]) => {
      batches.push(some.length);
      return Promise.resolve(some.map((id) => server(id, gone.includes(id) ? '2026-01-01' : null)));
    },
  };
  const asked = { projectIds: null, lives: 'living', marker: null, limit: 1000, keep: null, ...query };
  const page = await ServerPage.of(reader, asked as ServerQuery, 200);
  if (page === null) throw new Error('no marker was given');
  const told: string[] = [];
  for await (const some of page.batches()) told.push(...some.map(({ instance }) => instance.id));
  return { page, told, batches };
}

test('servers are read a hundred at a time', async () => {
  const { page, told, batches } = await pageOf({});
  expect(told).toEqual(ids);
  expect(batches).toEqual([100, 100, 100, 100, 50]);
  expect([page.size, page.next]).toEqual([450, null]);
});

test('what is deleted meanwhile is not told, and the page ends where it would have', async () => {
  const { page, told } = await pageOf({ limit: 3 }, ['s001', 's002']);
  expect(told).toEqual(['s000']);
  expect(page.next).toBe('s002');
  expect((await pageOf({ limit: 3, lives: 'all' }, ['s001'])).told).toEqual(['s000', 's001', 's002']);
});

function endsWith9({ instance }: ServerRecord): boolean {
  return instance.id.endsWith('9');
}

test('what is chosen one by one fills the page from as many chunks as it takes, and no more', async () => {
  const { page, told, batches } = await pageOf({ limit: 25, keep: endsWith9 });
  expect([told.length, told[0], told.at(-1), page.next]).toEqual([25, 's009', 's249', 's249']);
  expect(batches).toEqual([100, 100, 100]);
  const rest = await pageOf({ limit: 25, keep: endsWith9, marker: 's249' });
  expect([rest.told.length, rest.page.next]).toEqual([20, null]);
});
