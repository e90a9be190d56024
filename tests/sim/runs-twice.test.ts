import { describe, expect, test } from 'vitest';
import {
  copyTo,
  hadBy,
  instanceWhen,
  openStage,
  rounds,
  stateOn,
  timesPaused,
  well,
  withFault,
} from './drift-steps.ts';
import type { Stage } from './world.ts';

/** What another tool leaves that lost the end of a migration: both run. */
async function twice(stage: Stage): Promise<string> {
  const id = await stage.guest({ name: 'web' });
  await hadBy(stage, id, 'compute12');
  copyTo(stage, id, 'compute12', 'running', 'migrated');
  copyTo(stage, id, 'compute11', 'running', 'migration canceled');
  await withFault(stage, 'two-copies');
  await stage.hostsShow(() => stage.world.runners(id).length === 0);
  return id;
}

/** Its guest was moved to another host, and it has what it had before. */
async function movedAway(stage: Stage, returns: 'running' | 'shutoff'): Promise<string> {
  const id = await stage.guest({ name: 'web', directory: '/shared', autostart: true });
  const move = { kind: 'live-migration', host: 'compute12' } as const;
  await stage.over((await stage.client().migrate('web', move)).id);
  await instanceWhen(stage, 'seen there', (one) => one.powerState === 'running' && one.host === 'compute12');
  copyTo(stage, id, 'compute11', returns, returns === 'running' ? 'booted' : 'unknown', 'compute12');
  return id;
}

describe('running twice', () => {
  test('both are paused, once; which ran on is told; nothing else is done; a restart forgets nothing', async () => {
    await using stage = await openStage();
    const id = await twice(stage);
    const found = await instanceWhen(stage, 'seen paused', (one) => one.powerState === 'paused');
    expect(found).toMatchObject({ host: 'compute11', vmState: 'error', generation: 3 });
    expect(found.fault).toMatchObject({ hosts: ['compute11', 'compute12'], withoutGap: 'compute12' });
    expect(found.fault?.remedy).toContain('ferry instance keep web --host compute12');
    await rounds(stage);
    expect(timesPaused(stage)).toBe(2);
    const move = stage.client().migrate('web', { kind: 'cold-migration', host: 'compute13' });
    await expect(move).rejects.toMatchObject({
      code: 'checks-failed',
      findings: expect.arrayContaining([expect.objectContaining({ code: 'one-copy', severity: 'error' })]),
    });
    await stage.crash();
    await stage.start();
    await rounds(stage);
    expect(await stage.client().instance('web')).toMatchObject({ fault: found.fault });
    expect([stateOn(stage, 'compute11', id), stateOn(stage, 'compute12', id)]).toEqual(['paused', 'paused']);
    expect(timesPaused(stage)).toBe(2);
  });

  test.each(['compute11', 'compute12'])(
    'the copy on %s is kept: the other is ended, no file is touched',
    async (kept) => {
      await using stage = await openStage();
      const id = await twice(stage);
      const other = kept === 'compute11' ? 'compute12' : 'compute11';
      const files = [stage.files('compute11'), stage.files('compute12')];
      const answer = await stage.client('operator').keepInstance('web', { host: kept });
      expect(answer).toMatchObject({ host: kept, fault: null, vmState: 'active', powerState: 'running' });
      expect(stage.world.runners(id)).toEqual([kept]);
      expect(stateOn(stage, other, id)).toBe('nothing');
      expect([stage.files('compute11'), stage.files('compute12')]).toEqual(files);
      expect(await stage.client().keepInstance('web', { host: kept })).toEqual(answer);
      await rounds(stage);
      expect(await stage.client().instance('web')).toMatchObject(answer);
    },
  );

  test('nobody decides for a reader, for a host without a copy, nor where one runs again', async () => {
    await using stage = await openStage();
    const id = await twice(stage);
    const keep = (host: string, role: 'reader' | 'operator' = 'operator') =>
      stage.client(role).keepInstance('web', { host });
    await expect(keep('compute12', 'reader')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(keep('compute13')).rejects.toMatchObject({ code: 'keep-not-possible' });
    await expect(keep('nowhere')).rejects.toMatchObject({ code: 'host-not-found' });
    copyTo(stage, id, 'compute11', 'running', 'unpaused');
    await expect(keep('compute12')).rejects.toMatchObject({
      code: 'keep-not-possible',
      message: expect.stringContaining(`on compute11, virsh suspend ${id}`),
    });
    stage.world.host('compute11').up = false;
    await expect(keep('compute12')).rejects.toMatchObject({
      code: 'keep-not-possible',
      message: expect.stringContaining('compute11 does not answer'),
    });
    expect(stateOn(stage, 'compute12', id)).toBe('paused');
    expect(stateOn(stage, 'compute11', id)).toBe('running');
    expect((await stage.client().instance('web')).fault).toMatchObject({ kind: 'two-copies', keep: null });
  });

  test('one that is well has nothing to decide', async () => {
    await using stage = await openStage();
    await stage.guest({ name: 'web' });
    await expect(stage.client().keepInstance('web', { host: 'compute12' })).rejects.toMatchObject({
      code: 'nothing-to-keep',
    });
  });

  test.each(['domains.ensureStaleCopyRemoved', 'domains.ensureResumed'])(
    'a decision that %s cuts short is carried out by itself',
    async (method) => {
      await using stage = await openStage();
      const id = await twice(stage);
      const host = method === 'domains.ensureResumed' ? 'compute12' : 'compute11';
      stage.world.faults.plan(host, method, 'unreachable', 3);
      const keep = stage.client().keepInstance('web', { host: 'compute12' });
      await expect(keep).rejects.toMatchObject({ code: 'host-unreachable' });
      await well(stage, 'compute12');
      expect(stage.world.runners(id)).toEqual(['compute12']);
      expect(stateOn(stage, 'compute11', id)).toBe('nothing');
    },
  );

  test('a controller that dies between the end of one copy and the start of the other: the next goes on', async () => {
    await using stage = await openStage();
    const id = await twice(stage);
    stage.world.faults.plan('compute12', 'domains.ensureResumed', 'hang', 50);
    const cut = stage.client().keepInstance('web', { host: 'compute12' });
    cut.catch(() => undefined);
    await stage.struck('compute12', 'domains.ensureResumed');
    expect(stage.world.runners(id)).toEqual([]);
    await stage.crash();
    stage.world.faults.clear();
    await stage.start();
    await well(stage, 'compute12');
    expect(stage.world.runners(id)).toEqual(['compute12']);
  });

  test('a host that does not pause its copy is asked again as long as two run', async () => {
    await using stage = await openStage();
    const id = await stage.guest({ name: 'web' });
    await hadBy(stage, id, 'compute12');
    for (const host of ['compute11', 'compute12'])
      stage.world.faults.plan(host, 'domains.ensurePaused', 'refuse', 2);
    copyTo(stage, id, 'compute12', 'running', 'booted');
    await stage.hostsShow(() => stage.world.runners(id).length === 0);
    expect((await withFault(stage, 'two-copies')).fault).toMatchObject({ withoutGap: 'compute11' });
  });

  test('somebody ends one of the two by hand: it is well again, paused', async () => {
    await using stage = await openStage();
    const id = await twice(stage);
    stage.world.host('compute11').domains.delete(id);
    expect(await well(stage, 'compute12')).toMatchObject({ powerState: 'paused', vmState: 'paused' });
  });
});

describe('a host that comes back after its guest has gone elsewhere', () => {
  test('and starts it: both are paused, and the one that Ferry saw running ran on', async () => {
    await using stage = await openStage();
    const id = await movedAway(stage, 'running');
    expect((await withFault(stage, 'two-copies')).fault).toMatchObject({ withoutGap: 'compute12' });
    await stage.hostsShow(() => stage.world.runners(id).length === 0);
    await stage.client().keepInstance('web', { host: 'compute12' });
    expect(stage.world.runners(id)).toEqual(['compute12']);
  });

  test('and has its definition: it is told, nothing is deleted, and it moves on, not there', async () => {
    await using stage = await openStage();
    const id = await movedAway(stage, 'shutoff');
    expect((await withFault(stage, 'stale-copy')).fault).toMatchObject({ hosts: ['compute11'] });
    await rounds(stage);
    expect(stateOn(stage, 'compute11', id)).toBe('shutoff');
    const back = stage.client().migrate('web', { kind: 'live-migration', host: 'compute11' });
    await expect(back).rejects.toMatchObject({ code: 'checks-failed' });
    const on = await stage.client().migrate('web', { kind: 'live-migration', host: 'compute13' });
    expect(await stage.over(on.id)).toMatchObject({ status: 'completed' });
    expect(stage.world.runners(id)).toEqual(['compute13']);
  });
});

test('one of two guests that run under one uuid is not adopted: both would be paused', async () => {
  await using stage = await openStage();
  const id = stage.put({ name: 'web', directory: '/shared' });
  copyTo(stage, id, 'compute12', 'running', 'booted');
  const adopt = () => stage.client().adoptInstance({ host: 'compute11', domain: 'web' });
  await expect(adopt()).rejects.toMatchObject({
    code: 'runs-elsewhere',
    message: expect.stringContaining('compute12 runs a domain of the uuid of web too'),
  });
  await rounds(stage);
  expect(stage.world.runners(id)).toEqual(['compute11', 'compute12']);
  stage.world.host('compute12').domains.delete(id);
  expect(await adopt()).toMatchObject({ host: 'compute11' });
});

/** A move was taken back, and its target still has the copy that arrived: clearing it away is refused for now. */
async function leftOnTarget(stage: Stage): Promise<string> {
  const id = await stage.guest({ name: 'web' });
  stage.slow();
  const { id: migration } = await stage
    .client()
    .migrate('web', { kind: 'live-migration', host: 'compute12' });
  await stage.sending(id);
  stage.world.faults.plan('compute12', 'migration.finish', 'reply-lost');
  stage.world.faults.plan('compute12', 'domains.observe', 'unreachable', Number.POSITIVE_INFINITY);
  stage.fast();
  expect(await stage.over(migration)).toMatchObject({ status: 'failed' });
  stage.world.faults.plan('compute12', 'domains.ensureStaleCopyRemoved', 'refuse', Number.POSITIVE_INFINITY);
  stage.world.faults.clear('domains.observe');
  expect(stateOn(stage, 'compute12', id)).toBe('paused');
  return id;
}

test('a copy that a migration has left and that is still to be cleared away is not taken for the instance', async () => {
  await using stage = await openStage();
  const id = await leftOnTarget(stage);
  await rounds(stage);
  expect(await stage.client().instance('web')).toMatchObject({ fault: null, host: 'compute11' });
  // It ran on at its source and is shut down there: what is paused on the target is old.
  copyTo(stage, id, 'compute11', 'shutoff', 'shutdown');
  await rounds(stage);
  expect(await stage.client().instance('web')).toMatchObject({ fault: null, host: 'compute11' });
  stage.world.faults.clear();
  await stage.quiet();
  await instanceWhen(stage, 'seen off', (one) => one.powerState === 'shutoff');
  expect(stateOn(stage, 'compute12', id)).toBe('nothing');
});

test('such a copy that somebody lets run is paused, and then only ended when a person says so', async () => {
  await using stage = await openStage();
  const id = await leftOnTarget(stage);
  copyTo(stage, id, 'compute12', 'running', 'unpaused');
  await withFault(stage, 'two-copies');
  await stage.hostsShow(() => stage.world.runners(id).length === 0);
  stage.world.faults.clear();
  await rounds(stage, 20);
  expect([stateOn(stage, 'compute11', id), stateOn(stage, 'compute12', id)]).toEqual(['paused', 'paused']);
  await stage.client().keepInstance('web', { host: 'compute11' });
  expect(stage.world.runners(id)).toEqual(['compute11']);
  await stage.quiet();
  expect(stateOn(stage, 'compute12', id)).toBe('nothing');
});
