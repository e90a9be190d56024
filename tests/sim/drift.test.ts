import { describe, expect, test } from 'vitest';
import {
  copyTo,
  hadBy,
  moveByHand,
  openStage,
  rounds,
  stateOn,
  timesPaused,
  told,
  well,
  withFault,
} from './drift-steps.ts';
import { until } from './world.ts';

describe('moved by hand', () => {
  test('live: it is adopted where it runs, and moves from there', async () => {
    await using stage = await openStage();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    moveByHand(stage, id, 'compute11', 'compute12');
    expect(await well(stage, 'compute12')).toMatchObject({ generation: 2, powerState: 'running' });
    expect(await told(stage, id)).toContain('moved by hand from compute11 to compute12: power running');
    const move = { kind: 'live-migration', host: 'compute13' } as const;
    const { id: migration } = await stage.client().migrate('web', move);
    expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
    expect(stage.world.runners(id)).toEqual(['compute13']);
  });

  test('off, by its definition', async () => {
    await using stage = await openStage();
    const id = await stage.guest({ name: 'web', directory: '/shared', state: 'shutoff' });
    moveByHand(stage, id, 'compute11', 'compute12');
    const domain = stage.world.host('compute12').domains.get(id);
    if (domain !== undefined) domain.reason = 'unknown';
    expect(await well(stage, 'compute12')).toMatchObject({ powerState: 'shutoff', vmState: 'stopped' });
  });

  test('its definition was left behind: adopted, and the rest is told with what clears it away', async () => {
    await using stage = await openStage();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    copyTo(stage, id, 'compute12', 'running', 'migrated');
    copyTo(stage, id, 'compute11', 'shutoff', 'migrated');
    const found = await withFault(stage, 'stale-copy');
    expect(found).toMatchObject({ host: 'compute12', vmState: 'active', powerState: 'running' });
    expect(found.fault).toMatchObject({ hosts: ['compute11'] });
    expect(found.fault?.remedy).toContain(`on compute11: virsh undefine ${id}`);
    await rounds(stage);
    expect(stateOn(stage, 'compute11', id)).toBe('shutoff');
    stage.world.host('compute11').domains.delete(id);
    await well(stage, 'compute12');
    // Nobody asked for any of it, and it stands in the audit log all the same.
    const records = await stage.client().audit({ target: id, after: 0 });
    expect(records.map(({ action, userName }) => `${action} ${userName}`).slice(-2)).toEqual([
      'ferry:instance.fault-stale-copy ferry',
      'ferry:instance.settled ferry',
    ]);
  });

  test('with security groups: the new host learns of its filters', async () => {
    await using stage = await openStage();
    const id = await stage.guest({ name: 'web', directory: '/shared', network: 'default' });
    await stage.client().addSecurityGroup({ name: 'open', rules: [] });
    await stage.client().setInstanceGroups('web', { groups: ['open'] });
    moveByHand(stage, id, 'compute11', 'compute12');
    await well(stage, 'compute12');
    const filter = `ferry-instance-${id}`;
    const hostsWith = () =>
      [...stage.world.hosts.values()].filter(({ filters }) => filters?.has(filter)).map(({ name }) => name);
    await until('the new host has it', () => (hostsWith().includes('compute12') ? true : null));
    await until('the old one has it no longer', () => (hostsWith().length === 1 ? true : null));
    expect(hostsWith()).toEqual(['compute12']);
  });

  test.each([
    ['memory is sent', 'running', 'booted', 'paused', 'migrating'],
    ['the switch-over', 'paused', 'migrating', 'running', 'migrated'],
  ] as const)(
    'while it is on its way (%s) nothing is done',
    async (_when, atSource, reason, atTarget, other) => {
      await using stage = await openStage();
      const id = await stage.guest({ name: 'web', directory: '/shared' });
      copyTo(stage, id, 'compute12', atTarget, other);
      const domain = stage.world.host('compute11').domains.get(id);
      const job = { kind: 'out', startedAtStep: 0, sentBytes: 0, totalBytes: 1, aborted: false } as const;
      Object.assign(domain ?? {}, { state: atSource, reason, job });
      await rounds(stage);
      expect(await stage.client().instance('web')).toMatchObject({ host: 'compute11', fault: null });
      expect(timesPaused(stage)).toBe(0);
    },
  );
});

describe('a look that crosses a move by hand', () => {
  test('sees it nowhere: it is not called vanished, and found', async () => {
    await using stage = await openStage();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    const from = stage.world.faults.calls.length;
    stage.world.faults.before('compute11', 'domains.powers', async () => {
      await stage.calledSince(from, 'compute12', 'domains.powers');
      moveByHand(stage, id, 'compute11', 'compute12');
    });
    await well(stage, 'compute12');
    expect((await told(stage, id)).filter((message) => message.includes('no host knows'))).toEqual([]);
  });

  test('sees it run twice: it is not paused, and found', async () => {
    await using stage = await openStage();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    const from = stage.world.faults.calls.length;
    stage.world.faults.before('compute12', 'domains.powers', async () => {
      await stage.calledSince(from, 'compute11', 'domains.powers');
      moveByHand(stage, id, 'compute11', 'compute12');
    });
    await well(stage, 'compute12');
    expect(timesPaused(stage)).toBe(0);
    expect(stage.world.runners(id)).toEqual(['compute12']);
  });
});

describe('gone', () => {
  test('from all hosts: it is told, kept on record, moves are refused; and it is well when it is back', async () => {
    await using stage = await openStage();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    const domain = stage.world.host('compute11').domains.get(id);
    stage.world.host('compute11').domains.delete(id);
    const found = await withFault(stage, 'vanished');
    expect(found).toMatchObject({
      host: 'compute11',
      vmState: 'error',
      powerState: 'unknown',
      generation: 1,
    });
    expect(found.fault?.message).toContain('compute11: nothing there; compute12: nothing there');
    const move = stage.client().migrate('web', { kind: 'cold-migration', host: 'compute12' });
    await expect(move).rejects.toMatchObject({
      code: 'checks-failed',
      findings: expect.arrayContaining([expect.objectContaining({ code: 'one-copy', severity: 'error' })]),
    });
    if (domain !== undefined) stage.world.host('compute11').domains.set(id, domain);
    expect(await well(stage, 'compute11')).toMatchObject({ vmState: 'active', generation: 1 });
    expect(await told(stage, id)).toContain('well again: power running');
  });

  test('with its host: it is told, and nothing is concluded from it', async () => {
    await using stage = await openStage();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    stage.world.host('compute11').up = false;
    const found = await withFault(stage, 'unreachable');
    expect(found).toMatchObject({ host: 'compute11', vmState: 'active', powerState: 'running' });
    expect(found.fault?.message).toContain('compute11 does not answer');
    stage.world.host('compute11').up = true;
    await well(stage, 'compute11');
    expect(stage.world.runners(id)).toEqual(['compute11']);
  });

  test('with its host while it runs elsewhere: not adopted before that host answers', async () => {
    await using stage = await openStage();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    await hadBy(stage, id, 'compute12');
    stage.world.host('compute11').up = false;
    copyTo(stage, id, 'compute12', 'running', 'booted');
    const found = await withFault(stage, 'ambiguous');
    expect(found).toMatchObject({ host: 'compute11', generation: 3, vmState: 'error' });
    expect(found.fault?.remedy).toContain("Bring compute11's libvirtd back");
    stage.world.host('compute11').domains.delete(id);
    stage.world.host('compute11').up = true;
    expect(await well(stage, 'compute12')).toMatchObject({ generation: 4, vmState: 'active' });
  });

  test('to a host that Ferry does not know: moves of what is left are refused', async () => {
    await using stage = await openStage();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    copyTo(stage, id, 'compute11', 'shutoff', 'migrated');
    expect((await withFault(stage, 'ambiguous')).fault?.remedy).toContain('ferry host add');
    const move = stage.client().migrate('web', { kind: 'cold-migration', host: 'compute12' });
    await expect(move).rejects.toMatchObject({ code: 'checks-failed' });
  });
});

test('an instance that a migration holds is left alone, whatever hosts show', async () => {
  await using stage = await openStage();
  const id = await stage.guest({ name: 'web', directory: '/shared' });
  stage.slow();
  const { id: migration } = await stage
    .client()
    .migrate('web', { kind: 'live-migration', host: 'compute12' });
  await stage.sending(id);
  copyTo(stage, id, 'compute13', 'running', 'booted');
  await rounds(stage);
  expect(await stage.client().instance('web')).toMatchObject({ fault: null, host: 'compute11' });
  expect(timesPaused(stage)).toBe(0);
  stage.world.host('compute13').domains.delete(id);
  stage.fast();
  expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
});

test('nothing depends on what hosts tell by themselves: without any event all is found and moved', async () => {
  await using stage = await openStage();
  stage.world.eventsArrive = false;
  const id = await stage.guest({ name: 'web', directory: '/shared' });
  for (const directory of ['/shared', '/images'] as const) {
    const other = await stage.guest({ name: `one${directory.slice(1)}`, directory });
    const move = { kind: 'live-migration', host: 'compute13' } as const;
    expect(await stage.over((await stage.client().migrate(other, move)).id)).toMatchObject({
      status: 'completed',
    });
  }
  moveByHand(stage, id, 'compute11', 'compute12');
  await well(stage, 'compute12');
  copyTo(stage, id, 'compute11', 'running', 'booted', 'compute12');
  await withFault(stage, 'two-copies');
  await stage.hostsShow(() => stage.world.runners(id).length === 0);
});
