import type { MigrationBody } from '@ferry/api';
import { expect, test } from 'vitest';
import { NovaRequests } from './nova-request.ts';
import { runFerry } from './run-ferry.ts';
import { Stage, until } from './world.ts';

const mebibyte = 1024 * 1024;
const live = { kind: 'live-migration', host: 'compute12' } as const;
const rehearsalBytes = mebibyte;
/** What is sent in small steps may take its time: no host hangs here. */
const patient = { rehearsalBytes, prepareMs: 60_000 };

/** Slow enough that the disk of a rehearsal is seen on its way. */
function slowLink({ world }: Stage): void {
  world.toldDiskBytes = rehearsalBytes;
  world.bytesPerStep = 64 * 1024;
}

test('all but the move is done, by a policy that is named: hosts are as before, and forecasts know the link from then on', async () => {
  await using stage = await Stage.open(patient, { listen: { host: '127.0.0.1', port: 0 } });
  const id = await stage.guest({ name: 'web', network: 'default' });
  const { networks } = stage.world.host('compute12');
  networks.delete('default');
  await stage.client().setPolicy('gentle', {
    scope: 'by-name',
    values: { bandwidthBytesPerSecond: 500 * mebibyte, maxDowntimeMs: 100 },
  });
  slowLink(stage);
  const before = stage.hosts();
  const words = ['rehearse', 'web', 'compute12', '--policy', 'gentle', '--define-networks', '-o', 'json'];
  const told = await runFerry(stage, words);
  expect(told).toMatchObject({ code: 0 });
  const rehearsal = JSON.parse(told.out) as MigrationBody;
  expect(rehearsal).toMatchObject({ kind: 'rehearsal', status: 'completed', error: null });
  expect(rehearsal.rehearsal).toMatchObject({ kept: [], asBefore: true, link: { kind: 'measured' } });
  expect(rehearsal.rehearsal?.phases.map(({ problem }) => problem)).toEqual(Array(7).fill(null));
  expect(rehearsal.rehearsal?.phases).toContainEqual(
    expect.objectContaining({
      phase: 'prepare-networks',
      says: expect.stringContaining('default') as string,
    }),
  );
  expect(stage.hosts()).toEqual(before);
  expect(networks.has('default')).toBe(false);
  expect(await stage.client().instance('web')).toMatchObject({ host: 'compute11', taskState: null });

  const { out } = await runFerry(stage, ['migration', 'show', rehearsal.id]);
  expect(out).toMatch(/send-memory +.*: a guest of Ferry's own, paused, came from compute11 to compute12/u);
  expect(out).toMatch(/link +.*\/s \(/u);
  expect(out).toMatch(/afterwards +both hosts are as before/u);
  const { forecast } = await stage.client().check('web', live);
  expect(forecast?.basis).toContainEqual(expect.stringContaining(`a rehearsal at ${rehearsal.createdAt}`));
  // Nothing has come of it that a ledger could count, and Nova's clients would take it for a move.
  expect((await stage.client().forecastErrors()).migrations).toBe(0);
  const nova = new NovaRequests(stage);
  expect((await nova.get('/os-migrations')).body).toMatchObject({ migrations: [] });
  expect((await nova.get(`/servers/${id}/migrations`)).body).toMatchObject({ migrations: [] });
  expect(await stage.client().migrations({ kind: 'rehearsal' })).toHaveLength(1);
});

test('all that the migration would fail by is told at once, and what was prepared is taken back', async () => {
  await using stage = await Stage.open(patient);
  await stage.guest({ name: 'web' });
  const before = stage.hosts();
  const { faults } = stage.world;
  faults.plan('compute12', 'storage.ensureImage', 'refuse');
  faults.plan('compute12', 'migration.prepare', 'refuse', 2);
  const told = await runFerry(stage, ['rehearse', 'web', 'compute12']);
  expect(told.code).toBe(1);
  const [rehearsal] = await stage.client().migrations({ kind: 'rehearsal' });
  expect(rehearsal).toMatchObject({ status: 'failed', rehearsal: { asBefore: true } });
  const failed = rehearsal?.rehearsal?.phases.filter(({ problem }) => problem !== null);
  expect(failed?.map(({ phase }) => phase)).toEqual(['prepare-images', 'send-memory', 'send-disk']);
  for (const one of failed ?? []) {
    const message = one.problem?.message ?? 'there is none';
    expect(rehearsal?.error?.message).toContain(`${one.phase}: ${message}`);
    expect(told.out).toContain(message);
  }
  expect(rehearsal?.error?.remedy).toContain('migration ports');
  expect(stage.hosts()).toEqual(before);
});

test('a disk is sent for a guest without a file, too, where both hosts make disks', async () => {
  await using stage = await Stage.open({ rehearsalBytes });
  const id = await stage.guest({ name: 'web' });
  const domain = stage.world.host('compute11').domains.get(id);
  if (domain === undefined) throw new Error('it is there');
  domain.xml = domain.xml.replace(/<disk .*<\/disk>/su, '');
  for (const host of ['compute11', 'compute12'])
    await stage.client().setHost(host, { imageDirectory: '/images' });
  const before = stage.hosts();
  const sendDisk = async (): Promise<unknown> => {
    const { rehearsal } = await stage.over((await stage.client().rehearse('web', live)).id);
    return [rehearsal?.phases.find(({ phase }) => phase === 'send-disk')?.says, rehearsal?.asBefore];
  };
  expect(await sendDisk()).toEqual([expect.stringMatching(/^\d+ MiB of a disk came$/u), true]);
  await stage.quiet();
  expect(stage.hosts()).toEqual(before);
  // Where one of them has no such directory, the way is proven and nothing measured.
  await stage.client().setHost('compute12', { imageDirectory: '/var/lib/libvirt/images' });
  expect(await sendDisk()).toEqual([expect.stringContaining('no directory in which disks are made'), true]);
});

test('it holds its instance, can be aborted, and leaves nothing then', async () => {
  await using stage = await Stage.open(patient);
  await stage.guest({ name: 'web' });
  const before = stage.hosts();
  stage.slow();
  const { id } = await stage.client().rehearse('web', live);
  await stage.migrationWhen(id, 'sends', ({ status }) => status === 'running');
  expect(await stage.client().instance('web')).toMatchObject({ taskState: 'rehearsing', migrationId: id });
  await expect(stage.client().migrate('web', live)).rejects.toMatchObject({ code: 'instance-busy' });
  await expect(stage.client().rehearse('web', live)).rejects.toMatchObject({ code: 'instance-busy' });
  await stage.client().abortMigration(id);
  expect(await stage.over(id)).toMatchObject({ status: 'cancelled', error: { code: 'aborted' } });
  await stage.quiet();
  expect(stage.hosts()).toEqual(before);
  stage.fast();
  await stage.over((await stage.client().migrate('web', live)).id);
});

test('a target that goes silent fails it, frees the instance, and is cleaned up when it is back', async () => {
  await using stage = await Stage.open({ rehearsalBytes, inspectMs: 200 });
  await stage.guest({ name: 'web' });
  const before = stage.hosts();
  stage.slow();
  const { id } = await stage.client().rehearse('web', live);
  await until('the stand-in to be sent', () => {
    const jobs = [...stage.world.host('compute11').domains.values()].map(({ job }) => job);
    return jobs.some((job) => job !== null) ? true : null;
  });
  stage.world.host('compute12').up = false;
  const ended = await stage.over(id);
  expect(ended).toMatchObject({ status: 'failed', rehearsal: { asBefore: false } });
  expect(ended.rehearsal?.phases.map(({ phase }) => phase)).toContain('send-memory');
  expect(await stage.client().instance('web')).toMatchObject({ host: 'compute11', taskState: null });
  stage.world.host('compute12').up = true;
  await stage.quiet();
  expect(stage.hosts()).toEqual(before);
});

test('what the checks forbid is refused with every finding, and a cold one is none', async () => {
  await using stage = await Stage.open();
  await stage.guest({ name: 'web', state: 'shutoff' });
  const refused = await runFerry(stage, ['rehearse', 'web', 'compute12']);
  expect(refused).toMatchObject({ code: 4, err: expect.stringContaining('instance-running') as string });
  await expect(stage.client().rehearse('web', { ...live, kind: 'cold-migration' })).rejects.toMatchObject({
    code: 'bad-request',
  });
  await expect(stage.client('reader').rehearse('web', live)).rejects.toMatchObject({ code: 'forbidden' });
  expect(await stage.client().migrations()).toEqual([]);
});

test('what could not be taken back is named with what it had found, and the instance is free', async () => {
  await using stage = await Stage.open({ rehearsalBytes, inspectMs: 200 });
  await stage.guest({ name: 'web' });
  const { faults } = stage.world;
  faults.plan('compute12', 'migration.prepare', 'refuse', 2);
  // Of the stand-in's file and of the guest's empty image: the host does not let go of any.
  faults.plan('compute12', 'storage.ensureNoImage', 'refuse', 1_000_000);
  const told = await runFerry(stage, ['rehearse', 'web', 'compute12']);
  expect(told.code).toBe(1);
  const [rehearsal] = await stage.client().migrations({ kind: 'rehearsal' });
  const { message = '' } = rehearsal?.error ?? {};
  expect(message).toContain('send-memory: ');
  expect(message).toContain('Clean-up is not done yet: ');
  expect(rehearsal?.phase).toContain('clean-up waits: ');
  expect(told.out).toMatch(/afterwards +nobody has seen that both hosts are as before: clean-up waits/u);
  expect(await stage.client().instance('web')).toMatchObject({ host: 'compute11', taskState: null });
  faults.clear();
  await stage.quiet();
  const ended = await stage.client().migration(rehearsal?.id ?? '');
  expect(ended.phase).toContain('all that was prepared is taken back');
  expect(ended.error?.message).toContain('send-memory: ');
  expect(ended.error?.message).not.toContain('Clean-up');
});
