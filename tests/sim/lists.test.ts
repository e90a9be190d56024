import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fillStore } from '@ferry/controller/fill-store';
import { expect, test } from 'vitest';
import { ask } from './ask.ts';
import { onLoopback } from './openstack-caller.ts';
import { runFerry } from './run-ferry.ts';
import { Stage } from './world.ts';

const names = (all: readonly { readonly name: string }[]) => all.map((one) => one.name);

test('instances, hosts and migrations are told by filters; a word that is not known is refused with those that are', async () => {
  await using stage = await Stage.open();
  const client = stage.client();
  const web = await stage.guest({ name: 'web-1', directory: '/shared' });
  await stage.guest({ name: 'web-2', host: 'compute12', directory: '/shared' });
  await stage.guest({ name: 'Web_3', host: 'compute12', state: 'shutoff' });
  expect(names(await client.instances({ host: 'compute12' }))).toEqual(['Web_3', 'web-2']);
  expect(names(await client.instances({ host: 'compute12', power: 'running' }))).toEqual(['web-2']);
  expect(names(await client.instances({ state: 'stopped' }))).toEqual(['Web_3']);
  expect(names(await client.instances({ name: 'web' }))).toEqual(['web-1', 'web-2']);
  expect(names(await client.instances({ name: '%' }))).toEqual([]);
  expect(names(await client.instances({ moving: 'true' }))).toEqual([]);
  expect(await client.instances({ moving: 'false', fault: 'false' })).toHaveLength(3);
  expect(await client.instances({ project: 'admin' })).toHaveLength(3);
  await expect(client.instances({ project: 'none' })).rejects.toMatchObject({ code: 'project-not-found' });
  await expect(client.instances({ host: 'nowhere' })).rejects.toMatchObject({ code: 'host-not-found' });
  await expect(client.instances({ power: 'on' as 'running' })).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('running, paused, shutoff, crashed, suspended, unknown') as string,
  });

  await client.setHost('compute13', { status: 'disabled', disabledReason: 'new memory' });
  expect(names(await client.hosts({ status: 'disabled' }))).toEqual(['compute13']);
  expect(names(await client.hosts({ state: 'up', status: 'enabled' }))).not.toContain('compute13');
  expect(await client.hosts({ state: 'down' })).toEqual([]);
  expect(await client.hosts({ zone: 'nova' })).toEqual(await client.hosts());
  expect(await client.hosts({ zone: 'east' })).toEqual([]);

  const move = ['live-migrate', 'web-1', 'compute12', '--wait', '-o', 'json'];
  const { id } = JSON.parse((await runFerry(stage, move)).out) as { id: string };
  const cold = ['migrate', 'web-2', 'compute11', '--hold', '--wait', '-o', 'json'];
  const held = JSON.parse((await runFerry(stage, cold)).out) as { id: string };
  const ids = async (filter: Parameters<typeof client.migrations>[0]) =>
    (await client.migrations(filter)).map((one) => one.id);
  expect(await ids({})).toEqual([held.id, id]);
  expect(await ids({ open: 'true' })).toEqual([held.id]);
  expect(await ids({ open: 'false' })).toEqual([id]);
  expect(await ids({ instance: web })).toEqual([id]);
  expect(await ids({ instance: 'web-2', status: 'finished' })).toEqual([held.id]);
  expect(await ids({ kind: 'live-migration', host: 'compute11' })).toEqual([id]);
  expect(await ids({ host: 'compute13' })).toEqual([]);
  expect(await ids({ since: '2000-01-01T00:00:00Z' })).toEqual([held.id, id]);
  expect(await ids({ since: '2999-01-01T00:00:00Z' })).toEqual([]);
  expect(names(await client.instances({ state: 'resized' }))).toEqual(['web-2']);
  await expect(ids({ status: 'runing' as 'running' })).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('accepted, queued, preparing, running') as string,
  });

  const listed = ['migration', 'list', '--host', 'compute12', '--limit', '1', '-o', 'json'];
  expect(JSON.parse((await runFerry(stage, listed)).out)).toMatchObject([{ id: held.id }]);
  const wrong = await runFerry(stage, ['migration', 'list', '--status', 'runing']);
  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('queued, preparing') as string });
  const off = await runFerry(stage, ['instance', 'list', '--name', 'Web', '--power', 'shutoff']);
  expect(off.out).toMatch(/^Web_3 .* stopped /m);
  expect((await runFerry(stage, ['host', 'list', '--state', 'down'])).out).toBe('No host fits that.\n');
});

test('pages are all of a list, once each, while others are added and the last of a page goes', async () => {
  await using stage = await Stage.open({}, onLoopback);
  await fillStore(stage.database, { hosts: 2, instances: 2500, migrations: 2500 });
  const client = stage.client();
  const all = await client.instances();
  expect(new Set(all.map((one) => one.id)).size).toBe(2500);
  const [first, second] = await client.instances({ limit: 2 });
  await client.forgetInstance(second?.id ?? '');
  const token = readFileSync(join(stage.dataDirectory, 'reader.token'), 'utf8').trim();
  const page = await ask(stage.url, 'GET', `/ferry/v1/instances?limit=1&marker=${second?.id}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(page.body).toMatchObject({ instances: [{ id: all[2]?.id }], next: all[2]?.id });
  expect(first).toEqual(all[0]);
  // Those before the newest thousand, too.
  const migrations = await client.migrations();
  expect(new Set(migrations.map((one) => one.id)).size).toBe(2500);
  expect(await client.migrations({ limit: 1200 })).toEqual(migrations.slice(0, 1200));
});

test('an instance and a migration tell what may be done to them now, as asking for it finds', async () => {
  await using stage = await Stage.open();
  const client = stage.client();
  await stage.guest({ name: 'web', directory: '/shared' });
  const free = await client.instance('web');
  expect(free.actions).toMatchObject({
    migrate: { allowed: true, because: null },
    evacuate: { allowed: false, because: expect.stringContaining('compute11 answers') as string },
    start: { allowed: false, because: 'it is active, and not stopped' },
  });
  const cold = ['migrate', 'web', 'compute12', '--hold', '--wait', '-o', 'json'];
  const { id } = JSON.parse((await runFerry(stage, cold)).out) as { id: string };
  const { actions } = await client.migration(id);
  expect(actions).toMatchObject({
    abort: { allowed: false },
    confirm: { allowed: true },
    revert: { allowed: true },
  });
  await expect(client.abortMigration(id)).rejects.toMatchObject({ message: actions?.abort.because });
  expect((await client.migrations())[0]).not.toHaveProperty('actions');
  const shown = await runFerry(stage, ['instance', 'show', 'web']);
  expect(shown.out).toContain(`ferry migration confirm ${id}`);
  expect((await runFerry(stage, ['migration', 'show', id])).out).toMatch(/^can be asked +confirm, revert$/m);
  await runFerry(stage, ['migration', 'confirm', id, '--wait']);
  const over = await client.migration(id);
  expect(Object.values(over.actions ?? {}).some((one) => one.allowed)).toBe(false);
  await expect(client.decideMigration(id, 'revert')).rejects.toMatchObject({
    message: over.actions?.revert.because,
  });
});

test('a host tells what may be done to it now, in lists too, as asking for it finds', async () => {
  await using stage = await Stage.open();
  const client = stage.client();
  await stage.guest({ name: 'web', directory: '/shared' });
  const { host } = await client.host('compute11');
  expect(host.actions).toMatchObject({
    set: { allowed: true, because: null },
    disable: { allowed: true, because: null },
    enable: { allowed: false, because: 'it is enabled already' },
    fence: { allowed: false },
    remove: { allowed: false },
  });
  await expect(client.fenceHost('compute11', {})).rejects.toMatchObject({
    message: host.actions?.fence.because,
  });
  await expect(client.removeHost('compute11')).rejects.toMatchObject({
    message: `${host.actions?.remove.because ?? ''} Recorded there: web.`,
  });
  const listed = new Map((await client.hosts()).map((one) => [one.name, one.actions]));
  expect(listed.get('compute11')).toEqual(host.actions);
  expect(listed.get('compute12')?.remove).toEqual({ allowed: true, because: null });
  const shown = await runFerry(stage, ['host', 'show', 'compute11']);
  expect(shown.out).toMatch(/^can be asked +set, disable, maintain$/m);
  expect(shown.out).toMatch(/^not now +remove: compute11 has 1 instance recorded: /m);
  await client.removeHost('compute12');
  expect((await client.hosts()).map(({ name }) => name)).not.toContain('compute12');
});
