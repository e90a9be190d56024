import { randomUUID } from 'node:crypto';
import type { InstanceBody } from '@ferry/api';
import { describe, expect, test } from 'vitest';
import { Stage, until } from './world.ts';

/** A controller that looks at its hosts all the time. */
const openStage = (): Promise<Stage> => Stage.open({}, { watchIntervalMs: 10 });

/** Somebody else's tool moves a guest: as `virsh migrate --persistent --undefinesource` leaves it. */
function moveByHand(stage: Stage, id: string, from: string, to: string): void {
  const domain = stage.world.host(from).domains.get(id);
  if (domain === undefined) throw new Error(`${from} has no ${id}`);
  stage.world.host(to).domains.set(id, { ...domain, reason: 'migrated' });
  stage.world.host(from).domains.delete(id);
}

/** A host has a copy of a guest that is on another one. */
function copyTo(
  stage: Stage,
  id: string,
  to: string,
  state: 'running' | 'paused' | 'shutoff',
  reason: string,
  from = 'compute11',
): void {
  const domain = stage.world.host(from).domains.get(id);
  if (domain === undefined) throw new Error(`${from} has no ${id}`);
  stage.world.host(to).domains.set(id, { ...domain, state, reason });
}

function instanceWhen(
  stage: Stage,
  what: string,
  when: (instance: InstanceBody) => boolean,
): Promise<InstanceBody> {
  let last: InstanceBody | null = null;
  return until(
    () => `the instance ${what}; it is ${JSON.stringify(last)}`,
    async () => {
      last = await stage.client().instance('web');
      return when(last) ? last : null;
    },
  );
}

const withFault = (stage: Stage, kind: string): Promise<InstanceBody> =>
  instanceWhen(stage, kind, ({ fault }) => fault?.kind === kind);
const well = (stage: Stage, host: string): Promise<InstanceBody> =>
  instanceWhen(stage, `well on ${host}`, (one) => one.fault === null && one.host === host);

/** Waits until whole rounds of looks have begun and ended from now on. */
async function rounds(stage: Stage, count = 3): Promise<void> {
  const looks = () => stage.world.faults.calls.filter((one) => one === 'compute13 domains.powers').length;
  const from = looks();
  await until(`${count} rounds`, () => (looks() > from + count ? true : null));
}

function stateOn(stage: Stage, host: string, id: string): string {
  return stage.world.host(host).domains.get(id)?.state ?? 'nothing';
}

const timesPaused = (stage: Stage): number =>
  stage.world.faults.calls.filter((call) => call.endsWith(' domains.ensurePaused')).length;

/** What was told of the instance since the controller began. */
async function told(stage: Stage, id: string): Promise<string[]> {
  const gone = new AbortController();
  const messages: string[] = [];
  const marker = await stage.client().addSecurityGroup({ name: randomUUID(), rules: [] });
  for await (const event of stage.client().events(0, gone.signal)) {
    if (event.subjectId === id) messages.push(event.message);
    if (event.subjectId === marker.id) break;
  }
  gone.abort();
  return messages;
}

/** What another tool leaves that lost the end of a migration: both run. */
async function twice(stage: Stage): Promise<string> {
  const id = await stage.guest({ name: 'web' });
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
    stage.world.host('compute11').up = false;
    copyTo(stage, id, 'compute12', 'running', 'booted');
    const found = await withFault(stage, 'untold');
    expect(found).toMatchObject({ host: 'compute11', generation: 1, vmState: 'error' });
    expect(found.fault?.remedy).toContain("Bring compute11's libvirtd back");
    stage.world.host('compute11').domains.delete(id);
    stage.world.host('compute11').up = true;
    expect(await well(stage, 'compute12')).toMatchObject({ generation: 2, vmState: 'active' });
  });

  test('to a host that Ferry does not know: moves of what is left are refused', async () => {
    await using stage = await openStage();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    copyTo(stage, id, 'compute11', 'shutoff', 'migrated');
    expect((await withFault(stage, 'untold')).fault?.remedy).toContain('ferry host add');
    const move = stage.client().migrate('web', { kind: 'cold-migration', host: 'compute12' });
    await expect(move).rejects.toMatchObject({ code: 'checks-failed' });
  });
});

describe('running twice', () => {
  test('both are paused, once; which ran on is told; nothing else is done; a restart forgets nothing', async () => {
    await using stage = await openStage();
    const id = await twice(stage);
    const found = await instanceWhen(stage, 'seen paused', (one) => one.powerState === 'paused');
    expect(found).toMatchObject({ host: 'compute11', vmState: 'error', generation: 1 });
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
      expect(await stage.client().instance('web')).toEqual(answer);
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

  test.each(['domains.ensureRemainsGone', 'domains.ensureResumed'])(
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

/** A move was taken back, and its target still has the copy that arrived: clearing it away is refused for now. */
async function leftOnTarget(stage: Stage): Promise<string> {
  const id = await stage.guest({ name: 'web' });
  stage.slow();
  const { id: migration } = await stage
    .client()
    .migrate('web', { kind: 'live-migration', host: 'compute12' });
  await stage.sending(id);
  stage.world.faults.plan('compute12', 'migration.finish', 'reply-lost');
  stage.world.faults.plan('compute12', 'domains.sight', 'unreachable', Number.POSITIVE_INFINITY);
  stage.fast();
  expect(await stage.over(migration)).toMatchObject({ status: 'failed' });
  stage.world.faults.plan('compute12', 'domains.ensureRemainsGone', 'refuse', Number.POSITIVE_INFINITY);
  stage.world.faults.clear('domains.sight');
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
