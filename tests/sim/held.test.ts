import { describe, expect, test } from 'vitest';
import { Stage } from './world.ts';

/** Moves an instance cold to compute12 and waits until it is held there. */
async function heldMove(stage: Stage, name = 'web'): Promise<string> {
  const move = { kind: 'cold-migration', host: 'compute12', hold: true } as const;
  const { id } = await stage.client().migrate(name, move);
  await expect
    .poll(async () => (await stage.client().migration(id)).status, { timeout: 20_000 })
    .toBe('finished');
  return id;
}

describe('a cold migration that is held', () => {
  test('runs at the target, its source keeps all of it, and nothing else moves it meanwhile', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', autostart: true });
    const before = stage.hosts()['compute11'];
    const migration = await heldMove(stage);
    expect(stage.world.runners(id)).toEqual(['compute12']);
    expect(stage.hosts()['compute11']).toEqual({
      files: before?.files,
      domains: { [id]: { state: 'shutoff', persistent: true, autostart: false, moves: false } },
    });
    expect(await stage.client().instance('web')).toMatchObject({
      host: 'compute12',
      vmState: 'resized',
      taskState: null,
      powerState: 'running',
      migrationId: migration,
    });
    await expect(
      stage.client().migrate('web', { kind: 'live-migration', host: 'compute13' }),
    ).rejects.toMatchObject({
      code: 'instance-busy',
      message: expect.stringContaining('to be confirmed or reverted first') as string,
    });
    await expect(stage.client().abortMigration(migration)).rejects.toMatchObject({
      code: 'migration-not-abortable',
      message: expect.stringContaining('ferry migration revert') as string,
    });
  });

  test('is confirmed: the source lets go, and nothing can be decided any more', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    const migration = await heldMove(stage);
    await stage.client('operator').decideMigration(migration, 'confirm');
    expect(await stage.over(migration)).toMatchObject({ status: 'confirmed', error: null });
    expect(stage.world.runners(id)).toEqual(['compute12']);
    expect(stage.hosts()['compute11']?.domains).toEqual({});
    expect(Object.keys(stage.hosts()['compute11']?.files ?? {})).toEqual(['/images/base.qcow2']);
    expect(await stage.client().instance('web')).toMatchObject({ vmState: 'active', migrationId: null });
    for (const decision of ['confirm', 'revert'] as const)
      await expect(stage.client().decideMigration(migration, decision)).rejects.toMatchObject({
        code: 'migration-not-held',
        message: expect.stringContaining('confirmed') as string,
      });
  });

  test('is reverted: it runs at its source as it was, and the target has nothing of it', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', autostart: true });
    const before = stage.hosts();
    const migration = await heldMove(stage);
    await stage.client().decideMigration(migration, 'revert');
    expect(await stage.over(migration)).toMatchObject({ status: 'reverted', error: null });
    expect(stage.world.runners(id)).toEqual(['compute11']);
    expect(stage.hosts()).toEqual(before);
    expect(await stage.client().instance('web')).toMatchObject({
      host: 'compute11',
      vmState: 'active',
      migrationId: null,
    });
  });

  test.each(['running', 'shutoff'] as const)(
    'is reverted, and its disk at the target was given to another guest that is %s: it stays, and it is said why',
    async (state) => {
      await using stage = await Stage.open();
      const id = await stage.guest({ name: 'web' });
      const migration = await heldMove(stage);
      const { domains } = stage.world.host('compute12');
      const web = domains.get(id);
      if (web === undefined) throw new Error('the guest is gone');
      const given = web.xml.replace(id, '11111111-2222-4333-8444-555555555555');
      stage.world.addDomain('compute12', given.replace('<name>web<', '<name>db<'), state);
      web.xml = web.xml.replace(/<disk[\s\S]*<\/disk>/, '');
      await stage.client().decideMigration(migration, 'revert');
      expect(await stage.over(migration)).toMatchObject({ status: 'reverted', error: null });
      await stage.quiet();
      expect(stage.world.runners(id)).toEqual(['compute11']);
      expect(stage.files('compute12')).toContain('/images/web-1.qcow2');
      expect((await stage.client().migration(migration)).kept).toEqual([
        {
          host: 'compute12',
          path: '/images/web-1.qcow2',
          because: expect.stringContaining('db on compute12') as string,
        },
      ]);
    },
  );

  test('goes on at the target when its source has lost what it kept, and tells so', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    const migration = await heldMove(stage);
    stage.world.host('compute11').directories.get('/images')?.delete('web-1.qcow2');
    await stage.client().decideMigration(migration, 'revert');
    await expect
      .poll(() => stage.client().migration(migration), { timeout: 20_000 })
      .toMatchObject({
        status: 'finished',
        error: { code: 'source-not-whole', message: expect.stringContaining('web-1.qcow2') as string },
      });
    expect(stage.world.runners(id)).toEqual(['compute12']);
    expect(await stage.client().instance('web')).toMatchObject({ vmState: 'resized', taskState: null });
    await stage.client().decideMigration(migration, 'confirm');
    expect(await stage.over(migration)).toMatchObject({ status: 'confirmed' });
  });

  test('is not confirmed while somebody runs what the source kept: a person is asked, and neither is ended', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    const migration = await heldMove(stage);
    const domain = stage.world.host('compute11').domains.get(id);
    if (domain === undefined) throw new Error('compute11 keeps nothing');
    domain.state = 'running';
    await stage.client().decideMigration(migration, 'confirm');
    await expect
      .poll(() => stage.client().migration(migration), { timeout: 20_000 })
      .toMatchObject({
        status: 'confirming',
        phase: expect.stringMatching(/^blocked: compute11 shows web running/) as string,
      });
    expect(stage.world.runners(id).toSorted()).toEqual(['compute11', 'compute12']);
    domain.state = 'shutoff';
    expect(await stage.over(migration)).toMatchObject({ status: 'confirmed' });
  });

  test('is confirmed by itself when nobody decides within the window', async () => {
    await using stage = await Stage.open({}, { confirmWindowMs: 1 });
    await stage.guest({ name: 'web' });
    const move = { kind: 'cold-migration', host: 'compute12', hold: true } as const;
    const { id } = await stage.client().migrate('web', move);
    expect(await stage.over(id)).toMatchObject({ status: 'confirmed', held: true });
  });

  test('cannot be live or warm', async () => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web' });
    for (const [move, why] of [
      [{ kind: 'live-migration' }, 'a live migration cannot be held'],
      [{ kind: 'cold-migration', warm: true }, 'must leave its source as it is'],
    ] as const)
      await expect(
        stage.client().migrate('web', { ...move, host: 'compute12', hold: true }),
      ).rejects.toMatchObject({ code: 'bad-request', message: expect.stringContaining(why) as string });
  });
});
