import { expect, test } from 'vitest';
import { runFerry } from './run-ferry.ts';
import { Stage } from './world.ts';

test('flavors are made, listed and removed; one that is there is told, one that is not too', async () => {
  await using stage = await Stage.open();
  const words = ['flavor', 'create', 'm1.small', '--vcpus', '1', '--memory', '2048', '--root-disk', '20'];
  expect((await runFerry(stage, words)).code).toBe(0);
  expect((await runFerry(stage, ['flavor', 'list'])).out).toMatch(/^m1\.small +\S+ +1 +2048 +20 +yes/m);
  expect(await runFerry(stage, words)).toMatchObject({
    code: 1,
    err: expect.stringContaining('m1.small already exists') as string,
  });
  expect((await runFerry(stage, ['flavor', 'delete', 'm1.small'])).out).toBe('deleted: m1.small\n');
  expect((await runFerry(stage, ['flavor', 'delete', 'm1.small'])).code).toBe(6);
  expect(await stage.client().flavors()).toEqual([]);
});

test('volumes are made, listed, shown and deleted by the command line', async () => {
  await using stage = await Stage.open();
  const host = stage.world.host('compute11');
  host.pools.set('data', { type: 'dir', active: true, autostart: true, directory: '/images', source: '' });
  const files = host.directories.get('/images')?.size ?? 0;
  const words = ['volume', 'create', 'one', '--pool', 'data', '--volume', 'one.raw', '--format', 'raw'];
  const made = await runFerry(stage, [...words, '--size', '512M', '--host', 'compute11']);
  expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/size +512 MiB/) as string });
  const source = ['--source', 'rbd://mon1,mon2/vms/log', '--auth-user', 'libvirt', '--secret', 'ceph-key'];
  expect((await runFerry(stage, ['volume', 'create', 'log', ...source, '--shareable'])).code).toBe(0);
  const { out } = await runFerry(stage, ['volume', 'list']);
  expect(out).toMatch(/^one +available +512 MiB +data\/one\.raw +compute11 +- /m);
  expect(out).toMatch(/^log +available +- +rbd:\/\/mon1:6789,mon2:6789\/vms\/log +- +- /m);
  expect((await runFerry(stage, ['volume', 'set', 'log', '--description', 'for all'])).code).toBe(0);
  expect((await runFerry(stage, ['volume', 'show', 'log'])).out).toMatch(/shareable +yes[^]*for all/);
  expect((await runFerry(stage, [...words, '--size', 'huge'])).code).toBe(2);
  expect(await runFerry(stage, ['volume', 'create', 'x', '--source', 'ftp://a/b'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('none of these forms') as string,
  });
  for (const name of ['one', 'log'])
    expect((await runFerry(stage, ['volume', 'delete', name])).out).toBe(`deleted: ${name}\n`);
  expect((await runFerry(stage, ['volume', 'delete', 'one'])).code).toBe(6);
  expect((await runFerry(stage, ['volume', 'list'])).out).toContain('No volumes yet');
  expect(host.directories.get('/images')?.size).toBe(files);
});

test('a host that is disabled takes nothing new, what is there leaves, and it is enabled again', async () => {
  await using stage = await Stage.open();
  await stage.guest({ name: 'web', host: 'compute12', directory: '/shared' });
  await stage.guest({ name: 'db', directory: '/shared' });
  const disable = ['host', 'set', 'compute12', '--disable', '--reason', 'new memory'];
  expect((await runFerry(stage, disable)).code).toBe(0);
  expect((await runFerry(stage, ['service', 'list'])).out).toMatch(/compute12 +disabled/);
  const refused = await runFerry(stage, ['live-migrate', 'db', 'compute12']);
  expect(refused).toMatchObject({
    code: 4,
    err: expect.stringContaining('compute12" is disabled') as string,
  });
  expect((await runFerry(stage, ['live-migrate', 'web', 'compute13', '--wait'])).code).toBe(0);
  expect((await runFerry(stage, ['host', 'set', 'compute12', '--disable', '--enable'])).code).toBe(2);
  expect((await runFerry(stage, ['host', 'set', 'compute12', '--enable'])).code).toBe(0);
  expect((await runFerry(stage, ['live-migrate', 'db', 'compute12', '--wait'])).code).toBe(0);
  await expect(
    stage.client().setHost('compute12', { disabledReason: 'without a word of disabling' }),
  ).rejects.toMatchObject({ code: 'bad-request' });
});

test('a resize is asked for by name, and decided from the command line', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web', memoryMiB: 64 });
  await stage.client().addFlavor({ name: 'm1.large', vcpus: 2, memoryMib: 512, rootGib: 1 });
  const resized = await runFerry(stage, ['resize', 'web', 'm1.large', 'compute12', '--wait', '-o', 'json']);
  expect(resized.code).toBe(0);
  const migration = JSON.parse(resized.out) as { id: string; status: string };
  expect(migration.status).toBe('finished');
  expect(await stage.client().instance('web')).toMatchObject({ vcpus: 2, vmState: 'resized' });
  const confirmed = await runFerry(stage, ['migration', 'confirm', migration.id, '--wait']);
  expect(confirmed).toMatchObject({ code: 0, out: expect.stringContaining('confirmed') as string });
  expect(stage.world.runners(id)).toEqual(['compute12']);
});
