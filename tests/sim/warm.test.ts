import type { MoveBody } from '@ferry/api';
import { describe, expect, test } from 'vitest';
import { Stage } from './world.ts';

const warm: MoveBody = { kind: 'cold-migration', host: 'compute12', warm: true };
const image = '/images/web-1.qcow2';

/** Hosts whose files go straight. */
async function openStage(): Promise<Stage> {
  const stage = await Stage.open();
  for (const host of stage.world.hosts.values()) host.shell = { python: '3.11.2', zstd: true, root: true };
  return stage;
}

/** Begins a warm move and has the controller end in the middle of the bulk; the overlays stand then. */
async function cutShort(stage: Stage): Promise<string> {
  stage.world.faults.plan('compute11', 'shell.sendRest', 'hang');
  const { id } = await stage.client().migrate('web', warm);
  await stage.struck('compute11', 'shell.sendRest');
  await stage.crash();
  return id;
}

/** The guest writes: to the file that its disk stands on now. */
function write(stage: Stage, id: string, text: string): void {
  const xml = stage.world.host('compute11').domains.get(id)?.xml ?? '';
  const [, name = ''] = /<source file='\/images\/([^']*)'/.exec(xml) ?? [];
  const file = stage.world.host('compute11').directories.get('/images')?.get(name);
  if (file === undefined) throw new Error(`the guest has no disk ${name}`);
  file.content += text;
}

test('what is written while the bulk is copied comes along, and no overlay is left anywhere', async () => {
  await using stage = await openStage();
  const id = await stage.guest({ name: 'web' });
  const migration = await cutShort(stage);
  write(stage, id, ' and more');
  expect(stage.world.runners(id)).toEqual(['compute11']);
  await stage.start();
  const end = await stage.over(migration);
  expect(end).toMatchObject({ status: 'confirmed', error: null, result: { warm: { rounds: 1 } } });
  expect(end.result?.downtimeMs).not.toBeNull();
  expect(stage.world.runners(id)).toEqual(['compute12']);
  expect(stage.hosts()['compute12']?.files[image]).toMatchObject({ content: 'what web wrote and more' });
  expect(stage.files('compute11')).toEqual(['/images/base.qcow2']);
  expect(stage.files('compute12')).toEqual(['/images/base.qcow2', image]);
  expect(stage.world.host('compute12').domains.get(id)?.xml).toContain(`<source file='${image}'/>`);
});

test('the firmware’s variables, which have no overlay, come as they are when it is off', async () => {
  await using stage = await openStage();
  const id = stage.put({ name: 'web' });
  const { domains, directories } = stage.world.host('compute11');
  const domain = domains.get(id);
  if (domain === undefined) throw new Error('the guest is gone');
  domain.xml = domain.xml.replace('</os>', '<nvram>/images/vars.fd</nvram></os>');
  const vars = { format: 'raw', capacityBytes: 64, backing: null, owner: null, content: 'boot the disk' };
  directories.get('/images')?.set('vars.fd', vars);
  await stage.client().adoptInstance({ host: 'compute11', domain: id });
  const migration = await cutShort(stage);
  vars.content = 'boot the network';
  await stage.start();
  expect(await stage.over(migration)).toMatchObject({ status: 'confirmed', plan: { warm: ['vda'] } });
  expect(stage.hosts()['compute12']?.files['/images/vars.fd']).toMatchObject({ content: 'boot the network' });
});

describe('taken back', () => {
  test('an abort in the bulk: the guest never stopped, and its disk has all that it wrote', async () => {
    await using stage = await openStage();
    const id = await stage.guest({ name: 'web' });
    const migration = await cutShort(stage);
    write(stage, id, ' and more');
    const calls = stage.world.faults.calls.length;
    await stage.start();
    await stage.client().abortMigration(migration);
    const end = await stage.over(migration);
    expect(end).toMatchObject({ status: 'cancelled' });
    await stage.quiet();
    expect(stage.world.faults.calls.slice(calls)).not.toContain('compute11 domains.ensureShutOff');
    expect(stage.hosts()['compute11']?.files[image]).toMatchObject({ content: 'what web wrote and more' });
    expect(stage.files('compute11')).toEqual(['/images/base.qcow2', image]);
    expect(stage.files('compute12')).toEqual([]);
    expect(stage.world.runners(id)).toEqual(['compute11']);
  });

  test('a failure after power-off: it runs again on its own disk, also while the target is away', async () => {
    await using stage = await openStage();
    const id = await stage.guest({ name: 'web' });
    const before = stage.hosts();
    stage.world.faults.plan('compute12', 'domains.ensureDefined', 'reply-lost');
    stage.world.faults.plan('compute12', 'domains.ensureUndefined', 'unreachable', 1_000);
    const end = await stage.over((await stage.client().migrate('web', warm)).id);
    expect(end).toMatchObject({ status: 'error', error: { code: 'unreachable' } });
    expect(stage.hosts()['compute11']).toEqual(before['compute11']);
    expect(stage.hosts()['compute12']).not.toEqual(before['compute12']);
    stage.world.faults.clear();
    await stage.quiet();
    expect(stage.hosts()).toEqual(before);
    expect(stage.world.runners(id)).toEqual(['compute11']);
  });

  test('disks that somebody else changed meanwhile are left alone until they are as they were', async () => {
    await using stage = await openStage();
    const id = await stage.guest({ name: 'web' });
    const before = stage.hosts();
    const migration = await cutShort(stage);
    const domain = stage.world.host('compute11').domains.get(id);
    if (domain === undefined) throw new Error('the guest is gone');
    const { xml } = domain;
    domain.xml = xml.replace(/<source file='[^']*'\/>/, "<source file='/images/theirs.qcow2'/>");
    await stage.start();
    const end = await stage.over(migration);
    expect(end).toMatchObject({ status: 'error', error: { code: 'disks-changed' } });
    expect(end.error?.message).toContain('/images/theirs.qcow2');
    expect(stage.files('compute11')).toContain(`/images/.web-1.qcow2.ferry-${migration}.1`);
    domain.xml = xml;
    await stage.quiet();
    expect(stage.hosts()).toEqual(before);
  });
});

test('room at the source that another warm move may take is not counted on', async () => {
  await using stage = await openStage();
  await stage.guest({ name: 'web' });
  await stage.guest({ name: 'shop' });
  const claimedOf = async (): Promise<unknown> =>
    (await stage.client().check('shop', warm)).findings.find(({ code }) => code === 'warm-ready')?.compared;
  expect(await claimedOf()).toMatchObject({ directory: '/images', claimedBytes: 0 });
  stage.world.faults.plan('compute11', 'shell.sendRest', 'hang');
  await stage.client().migrate('web', warm);
  await stage.struck('compute11', 'shell.sendRest');
  expect(await claimedOf()).toMatchObject({ directory: '/images', claimedBytes: 128 * 1024 * 1024 });
});

test('a guest that is off is moved as without it, and that is said', async () => {
  await using stage = await openStage();
  await stage.guest({ name: 'web', state: 'shutoff' });
  const end = await stage.over((await stage.client().migrate('web', warm)).id);
  expect(end).toMatchObject({ status: 'confirmed', plan: { warm: null }, result: { warm: null } });
  expect(end.findings).toContainEqual(expect.objectContaining({ code: 'warm-ready', severity: 'info' }));
  expect(stage.world.faults.calls).not.toContain('compute11 overlays.ensureOverlays');
});

test('a disk with a job on it is refused before anything is touched', async () => {
  await using stage = await openStage();
  const id = await stage.guest({ name: 'web' });
  const domain = stage.world.host('compute11').domains.get(id);
  if (domain === undefined) throw new Error('the guest is gone');
  domain.xml = domain.xml.replace("<target dev='vda'", "<mirror job='copy'/><target dev='vda'");
  const before = stage.hosts();
  const refused = stage.client().migrate('web', warm);
  await expect(refused).rejects.toMatchObject({ code: 'checks-failed' });
  await expect(refused).rejects.toThrow('libvirt runs a job on disk vda: copy');
  expect(stage.hosts()).toEqual(before);
  const cold = await stage.client().check('web', { ...warm, warm: false });
  expect(cold.possible).toBe(true);
});
