import { describe, expect, test } from 'vitest';
import { Stage } from './world.ts';

describe('live migration', () => {
  test('a guest on shared disks goes from host to host by itself, and no file is touched', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    const before = [...stage.shared];
    const accepted = await stage.client('operator').migrate('web', {
      kind: 'live-migration',
      host: 'compute12',
    });
    expect(accepted).toMatchObject({ status: 'accepted', plan: { form: 'peer-to-peer' } });
    const end = await stage.over(accepted.id);
    expect(end).toMatchObject({ status: 'completed', phase: 'moved', error: null });
    expect(end.result?.guestSeenAlive).toContain('its processors ran');
    expect(stage.world.runners(id)).toEqual(['compute12']);
    expect(stage.hosts()['compute11']?.domains).toEqual({});
    expect(stage.hosts()['compute12']?.domains[id]).toMatchObject({ state: 'running', persistent: true });
    expect([...stage.shared]).toEqual(before);
    expect(await stage.client().instance('web')).toMatchObject({
      host: 'compute12',
      generation: 2,
      migrationId: null,
      taskState: null,
      vmState: 'active',
    });
  });

  test('a guest on local disks brings its base and its content; the source keeps only the base', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    const accepted = await stage.client().migrate('web', { kind: 'live-migration', host: 'compute12' });
    expect(accepted.plan).toMatchObject({
      form: 'coordinated',
      disks: [{ action: 'copy', backing: [{ path: '/images/base.qcow2', action: 'bring' }] }],
    });
    expect(await stage.over(accepted.id)).toMatchObject({ status: 'completed', error: null });
    expect(stage.world.runners(id)).toEqual(['compute12']);
    expect(stage.hosts()['compute11']).toEqual({
      domains: {},
      files: { '/images/base.qcow2': { content: 'the base system', backing: null } },
    });
    expect(stage.hosts()['compute12']).toEqual({
      domains: { [id]: { state: 'running', persistent: true, autostart: false, moves: false } },
      files: {
        '/images/base.qcow2': { content: 'the base system', backing: null },
        '/images/web-1.qcow2': {
          content: 'what web wrote',
          backing: { path: '/images/base.qcow2', format: 'qcow2' },
        },
      },
    });
    const owners = [...(stage.world.host('compute12').directories.get('/images')?.values() ?? [])];
    expect(owners.map((file) => file.owner)).toEqual([
      { uid: 64055, gid: 64055 },
      { uid: 64055, gid: 64055 },
    ]);
  });

  test('a base that the target has already is not brought again', async () => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'there', host: 'compute12' });
    await stage.guest({ name: 'web' });
    const accepted = await stage.client().migrate('web', { kind: 'live-migration', host: 'compute12' });
    expect(accepted.plan?.disks).toMatchObject([{ backing: [{ action: 'present' }] }]);
    await stage.over(accepted.id);
    expect(stage.world.faults.calls).not.toContain('compute12 storage.writeImage');
  });

  test.each(['/shared', '/images'] as const)(
    'autostart on %s is off at the source while it moves, and on at the target after it',
    async (directory) => {
      await using stage = await Stage.open();
      const id = await stage.guest({ name: 'web', directory, autostart: true });
      stage.slow();
      const { id: migration } = await stage.client().migrate('web', {
        kind: 'live-migration',
        host: 'compute12',
      });
      await stage.sending(id);
      expect(stage.world.host('compute11').domains.get(id)?.autostart).toBe(false);
      expect(stage.world.host('compute12').domains.get(id)?.autostart).toBe(false);
      expect(await stage.client().instance('web')).toMatchObject({
        host: 'compute11',
        taskState: 'migrating',
        migrationId: migration,
      });
      stage.fast();
      expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
      expect(stage.world.host('compute12').domains.get(id)?.autostart).toBe(true);
    },
  );

  test('without a name the host with most free memory is taken', async () => {
    await using stage = await Stage.open();
    stage.world.addHost('compute14', { facts: { memoryAvailableBytes: 7000 * 1024 * 1024 } });
    await stage.client().addHost({ uri: 'simulated://compute14/' });
    await stage.guest({ name: 'web' });
    const report = await stage.client('operator').check('web', { kind: 'live-migration' });
    expect(report).toMatchObject({ targetHost: 'compute14' });
    expect(report.choice).toContain('most free memory');
    const accepted = await stage.client().migrate('web', { kind: 'live-migration' });
    expect(await stage.over(accepted.id)).toMatchObject({ targetHost: 'compute14', status: 'completed' });
  });

  test('there and back again leaves everything as it was', async () => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web', autostart: true });
    const before = stage.hosts()['compute11'];
    for (const host of ['compute12', 'compute11']) {
      const { id } = await stage.client().migrate('web', { kind: 'live-migration', host });
      expect(await stage.over(id)).toMatchObject({ status: 'completed' });
    }
    expect(stage.hosts()['compute11']).toEqual(before);
    expect(stage.hosts()['compute12']?.domains).toEqual({});
    expect(await stage.client().instance('web')).toMatchObject({ host: 'compute11', generation: 3 });
  });

  test('many guests move at the same time, and bring the base that they share once', async () => {
    await using stage = await Stage.open();
    const names = Array.from({ length: 8 }, (_, index) => `web${index}`);
    for (const name of names) await stage.guest({ name });
    const accepted = await Promise.all(
      names.map((name) => stage.client().migrate(name, { kind: 'live-migration', host: 'compute12' })),
    );
    const ends = await Promise.all(accepted.map(({ id }) => stage.over(id)));
    expect(ends.map((end) => end.status)).toEqual(names.map(() => 'completed'));
    expect(stage.files('compute12')).toHaveLength(9);
    expect(stage.world.faults.calls.filter((one) => one === 'compute12 storage.writeImage')).toHaveLength(1);
    expect(stage.hosts()['compute11']?.domains).toEqual({});
  });
});

describe('cold migration', () => {
  test.each([
    { state: 'running', directory: '/images', vmState: 'active' },
    { state: 'shutoff', directory: '/images', vmState: 'stopped' },
    { state: 'running', directory: '/shared', vmState: 'active' },
    { state: 'shutoff', directory: '/shared', vmState: 'stopped' },
  ] as const)('a guest that is $state on $directory is $state again at the target', async (given) => {
    await using stage = await Stage.open();
    const { state, directory, vmState } = given;
    const id = await stage.guest({ name: 'web', state, directory, autostart: true });
    const before = stage.hosts()['compute11']?.files;
    const accepted = await stage.client().migrate('web', { kind: 'cold-migration', host: 'compute12' });
    expect(await stage.over(accepted.id)).toMatchObject({ status: 'confirmed', error: null });
    expect(stage.hosts()['compute12']?.domains).toEqual({
      [id]: { state, persistent: true, autostart: true, moves: false },
    });
    expect(stage.hosts()['compute12']?.files).toEqual(before);
    expect(stage.hosts()['compute11']?.domains).toEqual({});
    const left = directory === '/images' ? ['/images/base.qcow2'] : [];
    expect(stage.files('compute11')).toEqual(left);
    expect(await stage.client().instance('web')).toMatchObject({
      host: 'compute12',
      powerState: state,
      vmState,
      taskState: null,
      generation: 2,
    });
  });
});
