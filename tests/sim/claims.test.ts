import { describe, expect, test } from 'vitest';
import {
  copyTo,
  hadBy,
  instanceWhen,
  openStage,
  rounds,
  stateOn,
  timesPaused,
  told,
  well,
  withFault,
} from './drift-steps.ts';
import { NovaRequests } from './nova-request.ts';
import { runFerry } from './run-ferry.ts';
import { Stage } from './world.ts';

const cold = { kind: 'cold-migration', shutdownTimeoutMs: 0 } as const;

describe('a host that never had a guest shows a domain of its uuid', () => {
  test('running: the guest runs on where it is, the copy is paused; it is told by all means', async () => {
    await using stage = await openStage();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    copyTo(stage, id, 'compute13', 'running', 'booted');
    const found = await withFault(stage, 'claimed');
    expect(found).toMatchObject({ host: 'compute11', vmState: 'active', powerState: 'running' });
    expect(found.fault).toMatchObject({ hosts: ['compute13'], keep: null });
    expect(found.fault?.message).toContain('compute13 shows a domain of its uuid and was never recorded');
    expect(found.fault?.remedy).toContain(`there, virsh destroy ${id}`);
    await stage.hostsShow(() => stateOn(stage, 'compute13', id) === 'paused');
    await rounds(stage);
    expect(stage.world.runners(id)).toEqual(['compute11']);
    expect(stage.world.faults.calls).not.toContain('compute11 domains.ensurePaused');
    expect(timesPaused(stage)).toBe(1);
    // Since it was found first, also when the controller was another meanwhile.
    await stage.crash();
    await stage.start();
    await rounds(stage);
    expect((await stage.client().instance('web')).fault).toEqual(found.fault);
    expect(Date.parse(found.fault?.since ?? '')).toBeLessThanOrEqual(Date.now());
    expect(await told(stage, id)).toContain(found.fault?.message);
    expect((await runFerry(stage, ['instance', 'list'])).out).toMatch(/web .*claimed/);
    expect((await runFerry(stage, ['instance', 'show', 'web'])).out).toContain(found.fault?.since);
    const doctor = await runFerry(stage, ['doctor']);
    expect(doctor.out).toContain(`claimed by compute13 since ${found.fault?.since}`);
    stage.world.host('compute13').domains.delete(id);
    expect(await well(stage, 'compute11')).toMatchObject({ powerState: 'running' });
  });

  test('again and again: each time the copy alone is paused', async () => {
    await using stage = await openStage();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    for (const reason of ['booted', 'unpaused', 'migrated']) {
      copyTo(stage, id, 'compute13', 'running', reason);
      await stage.hostsShow(() => stateOn(stage, 'compute13', id) === 'paused');
    }
    expect(stage.world.runners(id)).toEqual(['compute11']);
    expect(stage.world.faults.calls).not.toContain('compute11 domains.ensurePaused');
  });

  test('in whatever state: nothing of the instance is in error, and it moves elsewhere, live and cold', async () => {
    await using stage = await openStage();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    const states = [
      ['paused', 'user'],
      ['paused', 'post-copy failed'],
      ['paused', 'migrating'],
      ['shutoff', 'migrated'],
      ['running', 'migrated'],
    ] as const;
    for (const [state, reason] of states) {
      copyTo(stage, id, 'compute13', state, reason);
      await rounds(stage);
      expect(await withFault(stage, 'claimed')).toMatchObject({ host: 'compute11', vmState: 'active' });
    }
    const { id: live } = await stage.client().migrate('web', { kind: 'live-migration', host: 'compute12' });
    expect(await stage.over(live)).toMatchObject({ status: 'completed', error: null });
    await withFault(stage, 'claimed');
    const { id: back } = await stage.client().migrate('web', { ...cold, host: 'compute11' });
    expect(await stage.over(back)).toMatchObject({ status: 'confirmed', error: null });
    expect(stage.world.runners(id)).toEqual(['compute11']);
    const there = stage.client().migrate('web', { ...cold, host: 'compute13' });
    await expect(there).rejects.toMatchObject({ code: 'checks-failed' });
  });

  test('two of them are no reason either', async () => {
    await using stage = await openStage();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    for (const host of ['compute12', 'compute13']) copyTo(stage, id, host, 'running', 'booted');
    expect((await withFault(stage, 'claimed')).fault).toMatchObject({ hosts: ['compute12', 'compute13'] });
    await stage.hostsShow(() => stage.world.runners(id).length === 1);
    expect(stage.world.runners(id)).toEqual(['compute11']);
  });

  test('while its own host is silent: the record stays, no copy is touched', async () => {
    await using stage = await openStage();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    stage.world.host('compute11').up = false;
    copyTo(stage, id, 'compute13', 'running', 'booted');
    const found = await instanceWhen(
      stage,
      'claimed as well',
      ({ fault }) => fault?.message.includes('compute13 shows a domain of its uuid') === true,
    );
    expect(found).toMatchObject({ host: 'compute11', vmState: 'active', generation: 1 });
    expect(found.fault).toMatchObject({ kind: 'unreachable', hosts: [] });
    await rounds(stage);
    expect(timesPaused(stage)).toBe(0);
    stage.world.host('compute11').up = true;
    await withFault(stage, 'claimed');
    await stage.hostsShow(() => stateOn(stage, 'compute13', id) === 'paused');
    expect(stage.world.runners(id)).toEqual(['compute11']);
  });

  test('while it is shut down: it is not taken for moved there', async () => {
    await using stage = await openStage();
    const id = await stage.guest({ name: 'web', directory: '/shared', state: 'shutoff' });
    copyTo(stage, id, 'compute13', 'running', 'booted');
    expect(await withFault(stage, 'claimed')).toMatchObject({ host: 'compute11', powerState: 'shutoff' });
    await rounds(stage);
    expect(timesPaused(stage)).toBe(0);
  });
});

test('a person who did move it there by hand ends the one at the old host, and Ferry follows', async () => {
  await using stage = await openStage();
  const id = await stage.guest({ name: 'web', directory: '/shared' });
  copyTo(stage, id, 'compute13', 'running', 'booted');
  await withFault(stage, 'claimed');
  await stage.hostsShow(() => stateOn(stage, 'compute13', id) === 'paused');
  stage.world.host('compute11').domains.delete(id);
  expect(await well(stage, 'compute13')).toMatchObject({ powerState: 'paused', generation: 2 });
});

test('two hosts that both had it are both paused; a third one that never had it is left out of the choice', async () => {
  await using stage = await openStage();
  const id = await stage.guest({ name: 'web', directory: '/shared' });
  await hadBy(stage, id, 'compute12');
  copyTo(stage, id, 'compute12', 'running', 'booted');
  const found = await withFault(stage, 'two-copies');
  expect(found.fault).toMatchObject({ hosts: ['compute11', 'compute12'] });
  await stage.hostsShow(() => stage.world.runners(id).length === 0);
  copyTo(stage, id, 'compute13', 'paused', 'user');
  const kept = await stage.client().keepInstance('web', { host: 'compute11' });
  expect(kept).toMatchObject({ host: 'compute11' });
  expect(stateOn(stage, 'compute12', id)).toBe('nothing');
  // Nobody ended what is not Ferry's.
  expect(stateOn(stage, 'compute13', id)).toBe('paused');
});

test('a host that a migration went to, or came from, had it', async () => {
  await using stage = await openStage();
  const id = await stage.guest({ name: 'web', directory: '/shared' });
  const { id: move } = await stage.client().migrate('web', { kind: 'live-migration', host: 'compute12' });
  expect(await stage.over(move)).toMatchObject({ status: 'completed' });
  await well(stage, 'compute12');
  copyTo(stage, id, 'compute11', 'running', 'booted', 'compute12');
  expect((await withFault(stage, 'two-copies')).fault).toMatchObject({ hosts: ['compute11', 'compute12'] });
  await stage.hostsShow(() => stage.world.runners(id).length === 0);
});

test('two hosts that never had it, while its own has it no more: neither is believed, none is touched', async () => {
  await using stage = await openStage();
  const id = await stage.guest({ name: 'web', directory: '/shared' });
  copyTo(stage, id, 'compute13', 'running', 'booted');
  copyTo(stage, id, 'compute12', 'paused', 'user');
  stage.world.host('compute11').domains.delete(id);
  const found = await withFault(stage, 'vanished');
  expect(found).toMatchObject({ host: 'compute11', generation: 1 });
  expect(found.fault?.message).toContain('compute12 and compute13 show a domain of its uuid');
  await rounds(stage);
  expect([stateOn(stage, 'compute12', id), stateOn(stage, 'compute13', id)]).toEqual(['paused', 'running']);
});

test('an instance that is deleted while a host claims it: the copy of that host stays as it is', async () => {
  await using stage = await Stage.open({}, { watchIntervalMs: 10, listen: { host: '127.0.0.1', port: 0 } });
  const id = await stage.guest({ name: 'web', directory: '/shared' });
  copyTo(stage, id, 'compute13', 'shutoff', 'unknown');
  await withFault(stage, 'claimed');
  expect((await new NovaRequests(stage).delete(`/servers/${id}`)).status).toBe(204);
  await stage.hostsShow(() => stateOn(stage, 'compute11', id) === 'nothing');
  await stage.quiet();
  await rounds(stage);
  expect(stateOn(stage, 'compute13', id)).toBe('shutoff');
});
