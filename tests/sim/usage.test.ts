import { expect, test } from 'vitest';
import { ask } from './openstack-caller.ts';
import { ServerStage } from './server-world.ts';

const hour = 3_600_000;

/** Servers of a clock that is set. */
async function counting(): Promise<{
  servers: ServerStage;
  pass: (hours: number) => string;
  at: () => string;
}> {
  let now = Date.parse('2026-01-01T00:00:00.000Z');
  const at = (): string => new Date(now).toISOString();
  const pass = (hours: number): string => {
    now += hours * hour;
    return at();
  };
  return { servers: await ServerStage.open({ now: at }), pass, at };
}

test('a project has used what its servers took, those that were deleted too', async () => {
  const { servers, pass } = await counting();
  await using _ = servers;
  const { stage } = servers;
  const web = await servers.created({ name: 'web' });
  await servers.becomes(web, 'ACTIVE');
  pass(2);
  const db = await servers.created({ name: 'db' });
  await servers.becomes(db, 'ACTIVE');
  pass(1);
  await servers.delete(db);
  await servers.gone(db);
  const end = pass(3);
  const project = (await servers.server(web))['tenant_id'] as string;
  const period = `start=2026-01-01T00:00:00&end=${end.slice(0, -1)}`;
  const shown = await ask(stage, 'GET', `/v2.1/os-simple-tenant-usage/${project}?${period}`);
  expect(shown.body.tenant_usage).toMatchObject({
    tenant_id: project,
    start: '2026-01-01T00:00:00.000000',
    stop: '2026-01-01T06:00:00.000000',
    total_hours: 7,
    total_memory_mb_usage: 7 * 64,
    total_local_gb_usage: 7,
    total_vcpus_usage: 7,
  });
  const byName = Map.groupBy(shown.body.tenant_usage.server_usages as { name: string }[], ({ name }) => name);
  expect(byName.get('web')).toMatchObject([{ hours: 6, ended_at: null, state: 'active', flavor: 'small' }]);
  expect(byName.get('db')).toMatchObject([
    {
      hours: 1,
      started_at: '2026-01-01T02:00:00.000000',
      ended_at: '2026-01-01T03:00:00.000000',
      state: 'terminated',
      uptime: 3600,
    },
  ]);
  const later = await ask(
    stage,
    'GET',
    `/v2.1/os-simple-tenant-usage?detailed=1&start=2026-01-01T04:00:00&end=${end.slice(0, -1)}`,
  );
  expect(later.body.tenant_usages).toMatchObject([
    { total_hours: 2, server_usages: [{ name: 'web', hours: 2 }] },
  ]);
});

test('an adopted guest counts with what it has itself, from its adoption on', async () => {
  const { servers, pass } = await counting();
  await using _ = servers;
  const id = await servers.stage.guest({ name: 'adopted', memoryMiB: 64 });
  const end = pass(2);
  const project = (await servers.server(id))['tenant_id'] as string;
  const path = `/v2.1/os-simple-tenant-usage/${project}?start=2025-12-01&end=${end.slice(0, -1)}`;
  expect((await ask(servers.stage, 'GET', path)).body.tenant_usage.server_usages).toMatchObject([
    { flavor: 'adopted', hours: 2, memory_mb: 64, local_gb: 0 },
  ]);
});

test('since 2.40 usages come in pages', async () => {
  const { servers, pass } = await counting();
  await using _ = servers;
  const ids = [];
  for (const name of ['a', 'b', 'c']) ids.push(await servers.stage.guest({ name }));
  const period = `start=2025-12-01T00:00:00&end=${pass(1).slice(0, -1)}`;
  const seen: string[] = [];
  let path: string | null = `/v2.1/os-simple-tenant-usage?detailed=1&limit=2&${period}`;
  while (path !== null) {
    const { body, status } = await ask(servers.stage, 'GET', path, { minor: 40 });
    expect(status).toBe(200);
    for (const { server_usages: usages } of body.tenant_usages)
      seen.push(...usages.map((usage: { instance_id: string }) => usage.instance_id));
    const next = body.tenant_usages_links?.[0].href as string | undefined;
    path = next === undefined ? null : next.replace(servers.stage.url, '');
  }
  expect(seen).toEqual(ids.toSorted());
  const unknown = `/v2.1/os-simple-tenant-usage?marker=nobody&${period}`;
  expect(await ask(servers.stage, 'GET', unknown, { minor: 40 })).toMatchObject({ status: 400 });
  // Before, all are told at once, whatever is asked.
  const all = await ask(servers.stage, 'GET', `/v2.1/os-simple-tenant-usage?limit=1&detailed=1&${period}`);
  expect(all.body.tenant_usages[0].server_usages).toHaveLength(3);
});

test('a period that ends before it begins, and what is no time, are refused; others are not for everybody', async () => {
  const { servers } = await counting();
  await using _ = servers;
  const { stage } = servers;
  const refused = (query: string) => ask(stage, 'GET', `/v2.1/os-simple-tenant-usage?${query}`);
  expect(await refused('start=2026-01-02T00:00:00&end=2026-01-01T00:00:00')).toMatchObject({ status: 400 });
  expect(await refused('start=yesterday')).toMatchObject({ status: 400 });
  expect(await ask(stage, 'GET', '/v2.1/os-simple-tenant-usage', { role: 'operator' })).toMatchObject({
    status: 403,
  });
  const other = '/v2.1/os-simple-tenant-usage/0123456789abcdef0123456789abcdef';
  expect(await ask(stage, 'GET', other, { role: 'operator' })).toMatchObject({ status: 403 });
  expect((await ask(stage, 'GET', other)).body).toEqual({ tenant_usage: {} });
});

test('the addresses that an owner says a server is reached by are kept and shown', async () => {
  await using servers = await ServerStage.open();
  const { stage } = servers;
  const id = await servers.created({ accessIPv4: '198.51.100.7' });
  expect(await servers.server(id)).toMatchObject({ accessIPv4: '198.51.100.7', accessIPv6: '' });
  const change = { accessIPv6: '2001:db8::7', 'OS-DCF:diskConfig': 'AUTO' };
  const changed = await ask(stage, 'PUT', `/v2.1/servers/${id}`, { body: { server: change } });
  expect(changed).toMatchObject({
    status: 200,
    body: { server: { accessIPv4: '198.51.100.7', accessIPv6: '2001:db8::7' } },
  });
  const wrong = { accessIPv4: '2001:db8::7', accessIPv6: 'here' };
  const refused = await ask(stage, 'PUT', `/v2.1/servers/${id}`, { body: { server: wrong } });
  expect(refused.status).toBe(400);
  expect(refused.text).toMatch(/accessIPv4.*accessIPv6/);
  expect((await servers.create({ accessIPv4: 'nowhere' })).status).toBe(400);
});
