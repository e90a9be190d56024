import type { MoveBody } from '@ferry/api';
import type { SimulatedFile } from '@ferry/hypervisor/simulated';
import { expect, test } from 'vitest';
import { Stage } from './world.ts';

const base = '/images/base.qcow2';
const image = { format: 'qcow2', capacityBytes: 1, backing: null, owner: null };
const cold: MoveBody = { kind: 'cold-migration', host: 'compute12' };

/** Two guests on compute11 whose disks stand on one base. */
async function stageOfTwo(): Promise<Stage> {
  const stage = await Stage.open();
  await stage.guest({ name: 'web' });
  await stage.guest({ name: 'db' });
  return stage;
}

/** A base of another content on a host, or that host's own once more. */
function putBase(stage: Stage, host: string, content: string): void {
  const file = { format: 'qcow2', capacityBytes: 64 * 1024 * 1024, backing: null, owner: null, content };
  stage.world.host(host).directories.get('/images')?.set('base.qcow2', file);
}

/** Begins a move that stops in the middle of its base until it is aborted. */
async function stuck(stage: Stage, instance: string): Promise<string> {
  stage.world.faults.plan('compute12', 'storage.writeImage', 'hang');
  const { id } = await stage.client().migrate(instance, cold);
  await stage.struck('compute12', 'storage.writeImage');
  return id;
}

const refused = (message: string): object => ({
  code: 'image-in-use',
  message: expect.stringContaining(message) as unknown,
});

const waitsFor = (stage: Stage, id: string, other: string): Promise<unknown> =>
  stage.migrationWhen(id, 'waits for the other', ({ phase }) =>
    phase.startsWith(`wait for base image ${base}: migration ${other}`),
  );

test('two at once: one brings the base, the other waits, says for whom, and uses it', async () => {
  await using stage = await stageOfTwo();
  const first = await stage.client().migrate('web', { ...cold, bandwidthBytesPerSecond: 100 });
  const at = ({ phase }: { phase: string }): boolean => phase === `bring base image ${base}`;
  await stage.migrationWhen(first.id, 'brings it', at);
  const second = await stage.client().migrate('db', cold);
  await waitsFor(stage, second.id, first.id);
  expect(second.plan?.disks).toMatchObject([{ backing: [{ path: base, action: 'await' }] }]);
  expect(second.findings.map(({ message }) => message).join()).toContain('on its way with another migration');
  for (const { id } of [first, second]) expect(await stage.over(id)).toMatchObject({ status: 'confirmed' });
  const copied = (await stage.client().migration(second.id)).copies.map(({ path }) => path);
  expect(copied).toEqual(['/images/db-2.qcow2']);
});

test('the first is aborted: the second brings it itself', async () => {
  await using stage = await stageOfTwo();
  const first = await stuck(stage, 'web');
  const second = await stage.client().migrate('db', cold);
  await waitsFor(stage, second.id, first);
  await stage.client().abortMigration(first);
  expect(await stage.over(first)).toMatchObject({ status: 'cancelled' });
  expect(await stage.over(second.id)).toMatchObject({ status: 'confirmed', error: null });
  expect(stage.hosts()['compute12']?.files[base]).toEqual({ content: 'the base system', backing: null });
});

test('the controller is killed while one brings and one waits: both come to their end', async () => {
  await using stage = await stageOfTwo();
  const first = await stuck(stage, 'web');
  const second = await stage.client().migrate('db', cold);
  await waitsFor(stage, second.id, first);
  await stage.crash();
  await stage.start();
  for (const id of [first, second.id]) expect(await stage.over(id)).toMatchObject({ status: 'confirmed' });
  const images = await stage.client().images('compute12');
  expect(images).toMatchObject([{ path: base }]);
  // Which of the two goes first after the restart is not said.
  expect(images.flatMap(({ users }) => users.map(({ name }) => name)).toSorted()).toEqual(['db', 'web']);
});

test('what the first brought stays when it is taken back, as long as the second needs it', async () => {
  await using stage = await stageOfTwo();
  stage.slow();
  const live: MoveBody = { kind: 'live-migration', host: 'compute12' };
  const [first, second] = [
    await stage.client().migrate('web', live),
    await stage.client().migrate('db', live),
  ];
  for (const { id } of [first, second])
    await stage.migrationWhen(id, 'is under way', ({ status }) => status === 'running');
  await stage.client().abortMigration(first.id);
  expect(await stage.over(first.id)).toMatchObject({ status: 'cancelled' });
  expect(stage.files('compute12')).toEqual([base, '/images/db-2.qcow2']);
  // With the second it goes: nobody is left who needs it.
  await stage.client().abortMigration(second.id);
  expect(await stage.over(second.id)).toMatchObject({ status: 'cancelled' });
  await stage.quiet();
  expect(stage.files('compute12')).toEqual([]);
  expect(await stage.client().images('compute12')).toEqual([]);
});

test('another base of the same name is refused with both digests; neither is read a second time', async () => {
  await using stage = await stageOfTwo();
  putBase(stage, 'compute12', 'another system');
  const reads = (): number =>
    stage.world.faults.calls.filter((call) => call.endsWith(' storage.digest')).length;
  const report = await stage.client().check('web', cold);
  const finding = report.findings.find(({ severity }) => severity === 'error');
  expect(report.possible).toBe(false);
  expect(finding).toMatchObject({
    code: 'storage-present',
    compared: { obstacle: 'base-differs', path: base },
  });
  const { sourceDigest, targetDigest } = finding?.compared ?? {};
  expect(sourceDigest).toMatch(/^[0-9a-f]{64}$/);
  expect(targetDigest).not.toBe(sourceDigest);
  expect(reads()).toBe(2);
  await stage.client().check('db', cold);
  expect(reads()).toBe(2);
  putBase(stage, 'compute12', 'the base system');
  expect(await stage.client().check('db', cold)).toMatchObject({ possible: true });
  expect(reads()).toBe(3);
});

test('hosts with shells read their bases themselves', async () => {
  await using stage = await stageOfTwo();
  for (const host of stage.world.hosts.values()) host.shell = { python: '3.11.2', zstd: true, root: true };
  putBase(stage, 'compute12', 'the base system');
  expect(await stage.client().check('web', cold)).toMatchObject({ possible: true });
  const { calls } = stage.world.faults;
  expect(calls.filter((call) => call.endsWith(' shell.digest')).toSorted()).toEqual([
    'compute11 shell.digest',
    'compute12 shell.digest',
  ]);
  expect(calls.filter((call) => call.endsWith(' storage.digest'))).toEqual([]);
});

test('a list of bases: who uses them, from where they came, and their digest once it is known', async () => {
  await using stage = await stageOfTwo();
  for (const host of stage.world.hosts.values()) host.shell = { python: '3.11.2', zstd: true, root: true };
  const moved = await stage.over((await stage.client().migrate('web', cold)).id);
  const [here] = await stage.client().images('compute11');
  const [there] = await stage.client().images('compute12');
  expect(here).toMatchObject({ host: 'compute11', path: base, brought: null, users: [{ name: 'db' }] });
  expect(there).toMatchObject({ brought: { migrationId: moved.id }, users: [{ name: 'web' }], overlays: [] });
  expect(there?.digest).toBe(here?.digest);
  expect(there?.digest).toBe(moved.copies.find(({ path }) => path === base)?.digest);
});

test('a base goes on an administrator’s word, once nothing of the host stands on it', async () => {
  await using stage = await stageOfTwo();
  const remove = (role: 'admin' | 'operator' = 'admin'): Promise<unknown> =>
    stage.client(role).removeImage('compute11', base);
  await expect(remove('operator')).rejects.toMatchObject({ code: 'forbidden' });
  await expect(remove()).rejects.toMatchObject(refused('web, db on compute11'));
  for (const domain of stage.world.host('compute11').domains.values()) domain.state = 'shutoff';
  await expect(remove()).rejects.toMatchObject(refused('web, db on compute11'));
  for (const name of ['web', 'db']) await stage.over((await stage.client().migrate(name, cold)).id);
  // A file that no domain has is somebody's, too.
  const files = stage.world.host('compute11').directories.get('/images');
  files?.set('old.qcow2', { ...image, content: 'old', backing: { path: base, format: 'qcow2' } });
  await expect(remove()).rejects.toMatchObject(refused('/images/old.qcow2'));
  files?.delete('old.qcow2');
  await remove();
  expect(stage.files('compute11')).toEqual([]);
  await expect(remove()).rejects.toMatchObject({ code: 'image-not-found' });
});

test('no other file is removed than a base that is known', async () => {
  await using stage = await stageOfTwo();
  for (const path of ['/images/web-1.qcow2', '/images/nothing.qcow2', '/elsewhere/base.qcow2'])
    await expect(stage.client().removeImage('compute11', path)).rejects.toMatchObject({
      code: 'image-not-found',
    });
  await expect(stage.client().removeImage('compute11', 'base.qcow2')).rejects.toMatchObject({
    code: 'bad-request',
  });
  await expect(stage.client().removeImage('nowhere', base)).rejects.toMatchObject({ code: 'host-not-found' });
  expect(stage.files('compute11')).toContain('/images/web-1.qcow2');
});

test('a base that another host sees and uses stays; so it does when that host does not answer', async () => {
  await using stage = await Stage.open();
  // compute12 and compute13 share what they have in /bases; compute11 has its own.
  const [own, common] = [new Map<string, SimulatedFile>(), new Map<string, SimulatedFile>()];
  const path = '/bases/system.qcow2';
  own.set('system.qcow2', { ...image, content: 'system' });
  for (const host of stage.world.hosts.values())
    host.directories.set('/bases', host.name === 'compute11' ? own : common);
  for (const { name } of stage.world.hosts.values())
    await stage.client().setHost(name, { allowedDirectories: ['/bases'] });
  await stage.guest({ name: 'web' });
  stage.put({ name: 'other', host: 'compute13' });
  const overlay = { ...image, content: 'new', backing: { path, format: 'qcow2' } };
  stage.world.host('compute11').directories.get('/images')?.set('web-1.qcow2', overlay);
  stage.world.host('compute13').directories.get('/images')?.set('other-2.qcow2', overlay);
  for (const host of ['compute12', 'compute11'])
    await stage.over((await stage.client().migrate('web', { ...cold, host })).id);

  const remove = (): Promise<unknown> => stage.client().removeImage('compute12', path);
  await expect(remove()).rejects.toMatchObject(refused('other on compute13'));
  stage.world.host('compute13').up = false;
  await expect(remove()).rejects.toMatchObject(refused('compute13 did not tell'));
  stage.world.host('compute13').up = true;
  stage.world.host('compute13').domains.clear();
  stage.world.host('compute13').directories.get('/images')?.clear();
  await remove();
  expect([...common.keys()]).toEqual([]);
});

test('where it is set, what Ferry brought goes with the last guest that stood on it; what it found stays', async () => {
  await using stage = await stageOfTwo();
  const client = stage.client();
  for (const host of ['compute11', 'compute12']) await client.setHost(host, { removeUnusedImages: true });
  for (const name of ['web', 'db']) await stage.over((await client.migrate(name, cold)).id);
  expect(stage.files('compute11')).toEqual([base]);
  const away = { ...cold, host: 'compute13' };
  await stage.over((await client.migrate('web', away)).id);
  expect(stage.files('compute12')).toContain(base);
  const last = await stage.over((await client.migrate('db', away)).id);
  expect(last).toMatchObject({ status: 'confirmed' });
  expect(stage.files('compute12')).toEqual([]);
  expect(stage.files('compute13')).toContain(base);
});

test('a base that is taken away while the target is looked at is not there: the check says what it would be, and not that nothing is known', async () => {
  await using stage = await stageOfTwo();
  putBase(stage, 'compute12', 'another content');
  stage.world.faults.before('compute12', 'storage.fileState', () => {
    stage.world.host('compute12').directories.get('/images')?.delete('base.qcow2');
  });
  const report = await stage.client().check('web', cold);
  expect(report.findings.filter(({ severity }) => severity === 'unknown')).toEqual([]);
  expect(report).toMatchObject({
    verdict: 'possible',
    plan: { disks: [{ backing: [{ path: base, action: 'bring' }] }] },
  });
});
