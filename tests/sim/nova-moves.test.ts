import { expect, test } from 'vitest';
import { listening, type NovaRequests } from './nova-request.ts';
import { until } from './world.ts';

interface Moved {
  readonly migrations: (Record<string, unknown> & {
    readonly id: number;
    readonly uuid: string;
    readonly status: string;
  })[];
}

const auto = { 'os-migrateLive': { host: null, block_migration: 'auto' } };

function migrationsOf(nova: NovaRequests, id: string): Promise<Moved['migrations']> {
  return nova.get<Moved>(`/os-migrations?instance_uuid=${id}`).then(({ body }) => body.migrations);
}

/** Waits until the one migration of an instance has a status. */
function becomes(nova: NovaRequests, id: string, status: string): Promise<Moved['migrations'][number]> {
  return until(`the migration is ${status}`, async () => {
    const [newest] = await migrationsOf(nova, id);
    return newest?.status === status ? newest : null;
  });
}

test('a live migration goes as Nova tells one: accepted, listed at its server, completed, gone from there', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web', directory: '/shared' });
  stage.slow();
  expect(await nova.action(id, auto)).toMatchObject({ status: 202, body: null });
  await stage.sending(id);
  const running = await becomes(nova, id, 'running');
  expect(running).toMatchObject({
    migration_type: 'live-migration',
    source_compute: 'compute11',
    dest_compute: 'compute12',
    instance_uuid: id,
    links: [{ rel: 'self' }, { rel: 'bookmark' }],
  });
  const listed = (await nova.get<Moved>(`/servers/${id}/migrations`)).body.migrations;
  expect(listed).toMatchObject([{ id: running.id, server_uuid: id, status: 'running' }]);
  expect(await nova.get(`/servers/${id}/migrations/${running.id}`)).toMatchObject({ status: 200 });
  expect(await nova.get(`/servers/${id}`)).toMatchObject({
    body: { server: { status: 'MIGRATING', 'OS-EXT-STS:task_state': 'migrating' } },
  });
  stage.fast();
  expect(await becomes(nova, id, 'completed')).not.toHaveProperty('links');
  expect(await nova.get(`/servers/${id}/migrations`)).toMatchObject({ body: { migrations: [] } });
  expect(await nova.get(`/servers/${id}`)).toMatchObject({
    body: { server: { status: 'ACTIVE', 'OS-EXT-SRV-ATTR:host': 'compute12' } },
  });
});

test('every form of the body is of its microversions, and all that is wrong with one is told', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web', directory: '/shared' });
  const send = (minor: number, body: unknown): Promise<{ status: number; body: unknown }> =>
    nova.as(minor).action(id, { 'os-migrateLive': body });
  for (const [minor, body] of [
    [24, { host: null, block_migration: 'auto', disk_over_commit: false }],
    [24, { host: null, block_migration: false }],
    [25, { host: null, block_migration: 'auto', disk_over_commit: false }],
    [29, { host: null, block_migration: 'auto', force: true }],
    [68, { host: null, block_migration: 'auto', force: false }],
  ] as const)
    expect(await send(minor, body)).toMatchObject({ status: 400 });
  expect(await send(96, { more: 1 })).toMatchObject({
    status: 400,
    body: {
      badRequest: {
        message: expect.stringMatching(
          /'host' is a required property.*'block_migration' is a required property.*'more' was unexpected/s,
        ) as string,
      },
    },
  });
  expect(await send(96, { host: 'nosuch', block_migration: 'auto' })).toMatchObject({
    status: 400,
    body: { badRequest: { message: 'Compute host nosuch could not be found.' } },
  });
  expect(await send(96, { host: 'compute11', block_migration: 'auto' })).toMatchObject({ status: 400 });
  expect(await nova.as(96, 'operator').action(id, { migrate: { host: 'compute12' } })).toMatchObject({
    status: 403,
  });
  expect(await nova.as(96, 'reader').action(id, auto)).toMatchObject({ status: 403 });
  stage.slow();
  expect(await send(30, { host: 'compute12', block_migration: 'False', force: 'true' })).toMatchObject({
    status: 202,
  });
  expect(await nova.action(id, auto)).toMatchObject({
    status: 409,
    body: {
      conflictingRequest: {
        message: `Cannot 'os-migrateLive' instance ${id} while it is in task_state migrating`,
      },
    },
  });
  stage.fast();
  await becomes(nova, id, 'completed');
});

test('what the checks forbid is told at once, with their findings, in every microversion', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web', network: 'default', directory: '/shared' });
  for (const name of ['compute12', 'compute13']) stage.world.host(name).networks.clear();
  for (const minor of [33, 96]) {
    const reply = await nova
      .as(minor)
      .action(id, { 'os-migrateLive': { host: 'compute12', block_migration: 'auto' } });
    expect(reply).toMatchObject({
      status: 400,
      body: { badRequest: { message: expect.stringContaining('network "default"') as string } },
    });
  }
  expect(await migrationsOf(nova, id)).toEqual([]);
});

test('who says how disks are to move is refused where it is not so, and "auto" is as it is', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const shared = await stage.guest({ name: 'shared', directory: '/shared' });
  const local = await stage.guest({ name: 'local' });
  const live = (
    minor: number,
    id: string,
    block: unknown,
    host: string | null,
  ): ReturnType<typeof nova.action> =>
    nova.as(minor).action(id, {
      'os-migrateLive': {
        host,
        block_migration: block,
        ...(minor < 25 ? { disk_over_commit: false } : {}),
      },
    });
  for (const minor of [1, 24, 25, 33, 96])
    for (const host of ['compute12', null]) {
      expect([minor, await live(minor, shared, true, host)]).toMatchObject([
        minor,
        {
          status: 400,
          body: { badRequest: { message: expect.stringMatching(/no disk needs copying.*"auto"/) as string } },
        },
      ]);
      expect([minor, await live(minor, local, 'False', host)]).toMatchObject([
        minor,
        {
          status: 400,
          body: { badRequest: { message: expect.stringContaining('would be missing: vda') as string } },
        },
      ]);
    }
  expect(await live(25, shared, 'auto', null)).toMatchObject({ status: 202 });
  expect(await live(96, local, 'auto', null)).toMatchObject({ status: 202 });
  await Promise.all([shared, local].map((id) => becomes(nova, id, 'completed')));
});

test('an abort ends it, and is no more possible when it has ended', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web', directory: '/shared' });
  stage.slow();
  await nova.action(id, auto);
  await stage.sending(id);
  const { id: number } = await becomes(nova, id, 'running');
  expect(await nova.as(23).delete(`/servers/${id}/migrations/${number}`)).toMatchObject({ status: 404 });
  expect(await nova.delete(`/servers/${id}/migrations/999`)).toMatchObject({ status: 404 });
  expect(await nova.delete(`/servers/${id}/migrations/${number}`)).toMatchObject({ status: 202 });
  await becomes(nova, id, 'cancelled');
  expect(stage.world.runners(id)).toEqual(['compute11']);
  expect(await nova.delete(`/servers/${id}/migrations/${number}`)).toMatchObject({
    status: 409,
    body: {
      conflictingRequest: { message: `Instance ${id} is in an invalid state for 'abort live migration'` },
    },
  });
});

test.each(['/shared', '/images'] as const)(
  'force_complete lets a guest stand still that would never come through, and it runs on the target (%s)',
  async (directory) => {
    const { stage, nova } = await listening();
    await using _ = stage;
    const id = await stage.guest({ name: 'web', directory });
    stage.world.bytesPerStep = 8 * 1024 * 1024;
    stage.world.dirtyBytesPerStep = 16 * 1024 * 1024;
    await nova.action(id, auto);
    await until('it goes round in circles', () =>
      (stage.world.host('compute11').domains.get(id)?.job?.iteration ?? 0) > 3 ? true : null,
    );
    const { id: number } = await becomes(nova, id, 'running');
    const path = `/servers/${id}/migrations/${number}/action`;
    expect(await nova.post(path, { force_complete: 1 })).toMatchObject({ status: 400 });
    expect(await nova.post(`/servers/${id}/migrations/999/action`, { force_complete: null })).toMatchObject({
      status: 400,
    });
    expect(await nova.as(22).post(path, { force_complete: null })).toMatchObject({ status: 202 });
    await becomes(nova, id, 'completed');
    expect(stage.world.runners(id)).toEqual(['compute12']);
    expect(stage.world.faults.calls).toContain('compute11 domains.ensurePaused');
  },
);

test('a forced guest whose transfer fails runs on at its source', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web', directory: '/shared' });
  stage.slow();
  await nova.action(id, auto);
  await stage.sending(id);
  const { id: number } = await becomes(nova, id, 'running');
  await nova.post(`/servers/${id}/migrations/${number}/action`, { force_complete: null });
  await stage.called('compute11', 'domains.ensurePaused');
  await nova.delete(`/servers/${id}/migrations/${number}`);
  await becomes(nova, id, 'cancelled');
  expect(stage.world.runners(id)).toEqual(['compute11']);
});

test('pages of migrations follow each other, and are asked for by many words', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web', directory: '/shared' });
  for (const host of ['compute12', 'compute13', 'compute11']) {
    await nova.action(id, { 'os-migrateLive': { host, block_migration: 'auto' } });
    await until(`it is at ${host}`, async () => {
      const [newest] = await migrationsOf(nova, id);
      return newest?.['dest_compute'] === host && newest.status === 'completed' ? true : null;
    });
  }
  interface Page extends Moved {
    readonly migrations_links?: { readonly href: string }[];
  }
  const first = (await nova.get<Page>('/os-migrations?limit=2')).body;
  expect(first.migrations.map((one) => one['dest_compute'])).toEqual(['compute11', 'compute13']);
  const next = new URL(first.migrations_links?.[0]?.href ?? '');
  const second = (await nova.get<Page>(`${next.pathname.slice('/v2.1'.length)}${next.search}`)).body;
  expect(second.migrations.map((one) => one['dest_compute'])).toEqual(['compute12']);
  const count = async (query: string, minor = 96): Promise<number> =>
    (await nova.as(minor).get<Moved>(`/os-migrations?${query}`)).body.migrations.length;
  expect(await count('source_compute=compute12')).toBe(1);
  expect(await count('host=compute12')).toBe(2);
  expect(await count('migration_type=live-migration&status=completed')).toBe(3);
  expect(await count('migration_type=resize')).toBe(0);
  expect(await count('changes-since=2100-01-01T00:00:00')).toBe(0);
  expect(await nova.get('/os-migrations?banana=1')).toMatchObject({ status: 400 });
  expect(await count('banana=1', 58)).toBe(3);
  expect(await nova.get('/os-migrations?marker=nosuch')).toMatchObject({ status: 400 });
});
