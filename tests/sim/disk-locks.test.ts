import type { FindingBody, MoveBody } from '@ferry/api';
import { expect, test } from 'vitest';
import { Stage } from './world.ts';

const live: MoveBody = { kind: 'live-migration', host: 'compute12' };

async function finding(stage: Stage, name = 'web', move: MoveBody = live): Promise<FindingBody | undefined> {
  const { findings } = await stage.client().check(name, move);
  return findings.find(({ code }) => code === 'disk-locks');
}

const tried = (stage: Stage): number =>
  stage.world.faults.calls.filter((call) => call.endsWith(' trials.whileImageLocked')).length;

test('locks that hold are found, once for a while, and nothing of the trial is left', async () => {
  await using stage = await Stage.open();
  await stage.guest({ name: 'web', directory: '/shared' });
  await stage.guest({ name: 'mail', directory: '/shared' });
  const before = stage.hosts();
  expect(await finding(stage)).toMatchObject({ severity: 'ok', compared: { directory: '/shared' } });
  expect(await finding(stage, 'mail')).toMatchObject({ severity: 'ok', compared: { locks: true } });
  expect(tried(stage)).toBe(1);
  expect(stage.hosts()).toEqual(before);
  await finding(stage, 'web', { ...live, host: 'compute13' });
  expect(tried(stage)).toBe(2);
});

test('locks that do not hold are a warning, which stops no move', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web', directory: '/shared' });
  for (const host of stage.world.hosts.values()) host.locksHold = false;
  const found = await finding(stage);
  expect(found).toMatchObject({ severity: 'warning', compared: { directory: '/shared', disks: 'vda' } });
  expect(found?.message).toContain('Nothing but Ferry');
  const { id: migration } = await stage.client().migrate('web', live);
  expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
  expect(stage.world.runners(id)).toEqual(['compute12']);
});

test.each([
  ['compute11', 'trials.whileImageLocked'],
  ['compute12', 'trials.refusalToWrite'],
])(
  'where %s cannot try (%s) it is told as not known, and tried again the next time',
  async (host, method) => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web', directory: '/shared' });
    const before = stage.hosts();
    stage.world.faults.plan(host, method, 'unreachable');
    expect(await finding(stage)).toMatchObject({ severity: 'unknown' });
    expect(await finding(stage)).toMatchObject({ severity: 'ok' });
    expect(stage.hosts()).toEqual(before);
  },
);

test('nothing is tried for disks of one host, nor for a cold move', async () => {
  await using stage = await Stage.open();
  await stage.guest({ name: 'own' });
  await stage.guest({ name: 'web', directory: '/shared' });
  expect(await finding(stage, 'own')).toMatchObject({ severity: 'ok', compared: {} });
  expect(await finding(stage, 'web', { ...live, kind: 'cold-migration' })).toBeUndefined();
  expect(tried(stage)).toBe(0);
});
