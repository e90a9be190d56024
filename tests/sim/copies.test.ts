import type { MoveBody } from '@ferry/api';
import { describe, expect, test } from 'vitest';
import { Stage } from './world.ts';

const cold: MoveBody = { kind: 'cold-migration', host: 'compute12' };

/** Hosts that have shells: files go straight; those that have none: through libvirt. */
async function stageWith(shells: boolean): Promise<Stage> {
  const stage = await Stage.open();
  for (const host of stage.world.hosts.values())
    host.shell = shells ? { python: '3.11.2', zstd: true, root: true } : null;
  return stage;
}

async function expectMoved(stage: Stage, id: string): Promise<void> {
  expect(stage.world.runners(id)).toEqual(['compute12']);
  expect(stage.files('compute11').filter((path) => path !== '/images/base.qcow2')).toEqual([]);
  expect(stage.files('compute12')).toEqual(['/images/base.qcow2', '/images/web-1.qcow2']);
}

test('straight and encrypted with shells; in the clear to an address that is trusted; each is said', async () => {
  await using stage = await stageWith(true);
  await stage.guest({ name: 'web' });
  const first = await stage.over((await stage.client().migrate('web', cold)).id);
  expect(first.copies.map((copy) => copy.way)).toMatchObject([
    { kind: 'direct', address: 'compute12', encrypted: true },
    { kind: 'direct', address: 'compute12', encrypted: true },
  ]);
  await stage.client().setHost('compute13', { trustedCopyAddress: '192.0.2.13' });
  const back = await stage.client().migrate('web', { ...cold, host: 'compute13' });
  expect((await stage.over(back.id)).copies[0]?.way).toMatchObject({
    address: '192.0.2.13',
    encrypted: false,
  });
});

test('only an administrator says which network is trusted', async () => {
  await using stage = await stageWith(true);
  const asked = stage.client('operator').setHost('compute12', { trustedCopyAddress: '192.0.2.12' });
  await expect(asked).rejects.toMatchObject({ code: 'forbidden' });
  await expect(stage.client().setHost('nowhere', {})).rejects.toMatchObject({ code: 'host-not-found' });
});

test.each([
  [{ python: null, zstd: true, root: true }, 'python3'],
  [{ python: '3.9.2', zstd: true, root: false }, 'root'],
])('through libvirt where a shell is of no use, and why is said', async (shell, because) => {
  await using stage = await stageWith(true);
  stage.world.host('compute12').shell = shell;
  const id = await stage.guest({ name: 'web' });
  const end = await stage.over((await stage.client().migrate('web', cold)).id);
  for (const { way } of end.copies) expect(way).toMatchObject({ kind: 'streams' });
  expect(end.copies[0]?.way.because).toContain(because);
  await expectMoved(stage, id);
});

describe.each([
  { way: 'straight', shells: true, breaks: ['compute11', 'shell.sendRest'] },
  { way: 'through libvirt', shells: false, breaks: ['compute11', 'storage.readImage'] },
] as const)('$way', ({ shells, breaks }) => {
  test('a link that breaks a few times: gone on with, and moved', async () => {
    await using stage = await stageWith(shells);
    const id = await stage.guest({ name: 'web' });
    stage.world.faults.plan(breaks[0], breaks[1], 'unreachable', 3);
    const end = await stage.over((await stage.client().migrate('web', cold)).id);
    expect(end).toMatchObject({ status: 'confirmed', error: null });
    await expectMoved(stage, id);
  });

  test('a link that stays broken: whole at the source, nothing on the target, and said', async () => {
    await using stage = await stageWith(shells);
    const id = await stage.guest({ name: 'web' });
    const before = stage.hosts();
    stage.world.faults.plan(breaks[0], breaks[1], 'unreachable', 100);
    const end = await stage.over((await stage.client().migrate('web', cold)).id);
    expect(end).toMatchObject({ status: 'error' });
    expect(end.error?.message).toContain('compute11');
    expect(stage.hosts()).toEqual(before);
    expect(stage.world.runners(id)).toEqual(['compute11']);
  });
});

test('what arrived otherwise than it was sent is never taken for the copy: it is whole at the source', async () => {
  await using stage = await stageWith(false);
  const id = await stage.guest({ name: 'web' });
  const before = stage.hosts();
  const files = stage.world.host('compute12').directories.get('/images');
  // A disk that keeps something else than it is given, each time.
  for (let time = 0; time < 50; time += 1)
    stage.world.faults.before('compute12', 'storage.digest', () => {
      for (const [name, file] of files ?? []) files?.set(name, { ...file, content: 'rotten' });
    });
  const end = await stage.over((await stage.client().migrate('web', cold)).id);
  expect(end).toMatchObject({ status: 'error', error: { code: 'copy-differs' } });
  expect(end.error?.message).toContain('source');
  expect(stage.hosts()).toEqual(before);
  expect(stage.world.runners(id)).toEqual(['compute11']);
});

test('what has come is not sent again', async () => {
  await using stage = await stageWith(true);
  await stage.guest({ name: 'web' });
  stage.world.faults.plan('compute11', 'shell.sendRest', 'unreachable');
  const end = await stage.over((await stage.client().migrate('web', cold)).id);
  const [base] = end.copies;
  expect(base?.resumedBytes).toBeGreaterThan(0);
  expect(base?.state).toBe('done');
});

test('the target’s disk is full: it is started again at the source, and the code says so', async () => {
  await using stage = await stageWith(true);
  const id = await stage.guest({ name: 'web' });
  const before = stage.hosts();
  stage.world.faults.plan('compute12', 'shell.received', 'refuse');
  const end = await stage.over((await stage.client().migrate('web', cold)).id);
  expect(end).toMatchObject({ status: 'error', error: { code: 'disk-full' } });
  expect(stage.hosts()).toEqual(before);
  expect(stage.world.runners(id)).toEqual(['compute11']);
});

test('somebody else’s file got the name meanwhile: it stays, ours goes', async () => {
  await using stage = await stageWith(true);
  const id = await stage.guest({ name: 'web' });
  const before = stage.hosts();
  stage.world.faults.plan('compute11', 'shell.send', 'hang');
  const { id: migration } = await stage.client().migrate('web', cold);
  await stage.struck('compute11', 'shell.send');
  const theirs = { format: 'raw', capacityBytes: 6, backing: null, owner: null, content: 'theirs' };
  stage.world.host('compute12').directories.get('/images')?.set('base.qcow2', theirs);
  await stage.crash();
  await stage.start();
  expect(await stage.over(migration)).toMatchObject({ status: 'error', error: { code: 'path-taken' } });
  expect(stage.world.host('compute12').directories.get('/images')?.get('base.qcow2')).toEqual(theirs);
  stage.world.host('compute12').directories.get('/images')?.delete('base.qcow2');
  expect(stage.hosts()).toEqual(before);
  expect(stage.world.runners(id)).toEqual(['compute11']);
});

test('snapshots come along cold, and stand in the way of a live move', async () => {
  await using stage = await stageWith(false);
  const id = await stage.guest({ name: 'web' });
  const domain = stage.world.host('compute11').domains.get(id);
  const xml = '<domainsnapshot><name>clean</name></domainsnapshot>';
  const records = { snapshots: [{ name: 'clean', xml, current: true }], checkpoints: [] };
  if (domain !== undefined) domain.records = records;
  const live = stage.client().migrate('web', { kind: 'live-migration', host: 'compute12' });
  await expect(live).rejects.toMatchObject({ code: 'checks-failed' });
  await stage.over((await stage.client().migrate('web', cold)).id);
  expect(stage.world.host('compute12').domains.get(id)?.records).toEqual(records);
});
