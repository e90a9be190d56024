import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FerryClient } from '@ferry/api';
import { type Controller, startController } from '@ferry/controller';
import {
  claimedBytes,
  emptyPostgresDatabase,
  holdersOf,
  postgresDatabase,
} from '@ferry/controller/test-database';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Stage, until } from '../sim/world.ts';
import { WebhookReceiver } from '../sim/webhook-receiver.ts';
import { CuttableWay } from './cuttable-way.ts';

// Longer than a loaded machine keeps a process waiting, mostly: a lease that is lost then is taken over, as is meant.
const leaseMs = 1_000;
const live = { kind: 'live-migration', host: 'compute12' } as const;

let url: string;
let way: CuttableWay;
let stage: Stage;
let second: Controller;
let secondDirectory: string;
let secondClient: FerryClient;

/** Two controllers on one database; the way of the first to it can be cut. */
beforeEach(async () => {
  url = (await postgresDatabase()) ?? '';
  way = await CuttableWay.to(url);
  stage = await Stage.open({}, { database: way.url, leaseMs, webhooks: { allowed: ['127.0.0.1'] } });
  secondDirectory = mkdtempSync(join(tmpdir(), 'ferry-second-'));
  second = await startController({ ...stage.options(), database: url, dataDirectory: secondDirectory });
  const token = readFileSync(join(secondDirectory, 'admin.token'), 'utf8').trim();
  secondClient = new FerryClient({ url: second.socketUrl, token });
});
afterEach(async () => {
  way.mend();
  stage.fast();
  await second.stop();
  await stage[Symbol.asyncDispose]();
  await way[Symbol.asyncDispose]();
  rmSync(secondDirectory, { recursive: true, force: true });
});

function overAtSecond(id: string): ReturnType<FerryClient['migration']> {
  return until('the end of the migration', async () => {
    const migration = await secondClient.migration(id);
    return migration.finishedAt === null ? null : migration;
  });
}

/**
 * Begins a move that sends without end, led by the first controller. On a loaded machine that may lose its lease before: what
 * the other does with it then is waited for, and the guest moved anew.
 */
async function sentByFirst(id: string): Promise<string> {
  const most = 5;
  for (let attempt = 1; attempt <= most; attempt += 1) {
    stage.slow();
    const { id: migration } = await stage.client().migrate(id, live);
    const sends = await until('memory is on its way, or the move is over', async () => {
      if ((stage.world.host('compute11').domains.get(id)?.job?.sentBytes ?? 0) > 0) return 'sends';
      return (await secondClient.migration(migration)).finishedAt === null ? null : 'over';
    });
    if (sends === 'sends' && (await holdersOf(url)).at(0)?.fence === 1) return migration;
    stage.fast();
    await overAtSecond(migration);
    if ((await secondClient.instance(id)).host === 'compute11') continue;
    const { id: back } = await secondClient.migrate(id, { ...live, host: 'compute11' });
    await overAtSecond(back);
  }
  throw new Error(`the first controller lost its lease ${most} times before its move sent anything`);
}

/** On a loaded machine a lease of so little can be lost twice. */
async function takenOver(): Promise<void> {
  await until(
    'the other has taken over',
    async () => ((await holdersOf(url)).at(0)?.fence ?? 0) >= 2 || null,
  );
}

test('each sees what the other does, and either can be asked to end it', async () => {
  await stage.guest({ name: 'web' });
  stage.slow();
  const { id } = await stage.client().migrate('web', live);
  await until('the second sees it run', async () =>
    (await secondClient.migration(id)).status === 'running' ? true : null,
  );
  await secondClient.abortMigration(id);
  expect(await stage.over(id)).toMatchObject({ status: 'cancelled' });
});

test('a follower at one hears what the other writes', async () => {
  const gone = new AbortController();
  const heard: string[] = [];
  const following = (async () => {
    for await (const event of secondClient.events(0, gone.signal)) {
      heard.push(event.message);
      if (event.message === 'completed') return;
    }
  })();
  await stage.guest({ name: 'web', directory: '/shared' });
  await stage.client().migrate('web', live);
  await following;
  gone.abort();
  expect(heard).toContain('web now belongs to compute12');
});

test('a plan is carried out by whichever looks: each guest moves once, also when the one that began it is cut off', async () => {
  const names = ['vm-1', 'vm-2', 'vm-3', 'vm-4', 'vm-5'];
  for (const name of names) await stage.guest({ name, directory: '/shared' });
  stage.slow();
  const { plan } = await stage.client().makePlan({ goal: { kind: 'drain', hosts: ['compute11'] } });
  await stage.client().askPlan(plan.id, 'apply');
  await until('something moves', async () =>
    (await secondClient.migrations()).some(({ status }) => status === 'running') ? true : null,
  );
  way.cut();
  stage.fast();
  await until('the other has ended it', async () =>
    (await secondClient.plan(plan.id)).plan.state === 'done' ? true : null,
  );
  const all = await secondClient.migrations();
  // One that had begun to send when its controller was cut off stays, by the rule of recovery, and is planned anew.
  const moved = all.filter(({ status }) => status === 'completed').map(({ instanceName }) => instanceName);
  expect(moved.toSorted()).toEqual(names);
  const others = all.filter(({ status }) => status !== 'completed');
  expect(others.filter(({ error }) => error?.message.includes('was interrupted') !== true)).toEqual([]);
  expect(await secondClient.instances({ host: 'compute11' })).toEqual([]);
});

describe('a controller that loses the database', () => {
  test.each([
    // What two hosts do between themselves goes on without a controller; what the first one led ends with it.
    { directory: '/shared', status: 'completed', runs: 'compute12' },
    { directory: '/images', status: 'failed', runs: 'compute11' },
  ] as const)(
    '$directory: the other takes over when the lease is over, and the guest runs once',
    async (one) => {
      const id = await stage.guest({ name: 'web', directory: one.directory });
      const migration = await sentByFirst(id);
      way.cut();
      await takenOver();
      stage.fast();
      expect(await overAtSecond(migration)).toMatchObject({ status: one.status });
      expect(stage.world.runners(id)).toEqual([one.runs]);
      expect(await secondClient.instance(id)).toMatchObject({ host: one.runs, taskState: null });
      way.mend();
      await until('the first is back', () =>
        stage
          .client()
          .migration(migration)
          .then(
            (seen) => (seen.finishedAt === null ? null : true),
            () => null,
          ),
      );
      expect(await claimedBytes(url)).toBe(0);
    },
  );

  test('that answers nothing any more, on connections that stay: it has let go of all, and is back when it answers', async () => {
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    const migration = await sentByFirst(id);
    way.silence();
    const asked = stage
      .client()
      .migration(migration)
      .then(
        () => 'an answer',
        (error: unknown) => error,
      );
    await takenOver();
    stage.fast();
    expect(await overAtSecond(migration)).toMatchObject({ status: 'completed' });
    expect(stage.world.runners(id)).toEqual(['compute12']);
    // Whoever asked meanwhile was told, and did not wait for ever.
    expect(await asked).toMatchObject({ status: 503, code: 'database-away' });
    way.mend();
    await until('the first is back', () =>
      stage
        .client()
        .migration(migration)
        .then(
          (seen) => (seen.finishedAt === null ? null : true),
          () => null,
        ),
    );
    // It carries on operations again, too.
    const { id: back } = await stage.client().migrate('web', { kind: 'live-migration', host: 'compute11' });
    expect(await stage.over(back)).toMatchObject({ status: 'completed' });
    expect(await claimedBytes(url)).toBe(0);
  });

  test('what was accepted just before is done by the other', async () => {
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    const { id: migration } = await stage.client().migrate('web', live);
    way.cut();
    expect(await overAtSecond(migration)).toMatchObject({ status: 'completed' });
    expect(stage.world.runners(id)).toEqual(['compute12']);
  });
});

describe('a base image that two guests share, moved by two controllers at once to one host', () => {
  test('it is brought once, and both guests run on it', async () => {
    for (const name of ['web', 'db']) await stage.guest({ name });
    const before = stage.world.faults.calls.length;
    const moves = await Promise.all([stage.client().migrate('web', live), secondClient.migrate('db', live)]);
    for (const { id } of moves) expect(await overAtSecond(id)).toMatchObject({ status: 'completed' });
    const made = stage.world.faults.calls.slice(before);
    expect(made.filter((one) => one === 'compute12 storage.makeFile')).toHaveLength(1);
    for (const { name } of await secondClient.instances())
      expect(await secondClient.instance(name)).toMatchObject({ host: 'compute12' });
    expect(stage.files('compute12').filter((path) => path.includes('base'))).toEqual(['/images/base.qcow2']);
  });

  test('the controller that brings it loses the database: the other brings it when its lease is over', async () => {
    await stage.guest({ name: 'web' });
    const other = await stage.guest({ name: 'db' });
    stage.world.faults.plan('compute12', 'storage.writeImage', 'hang');
    const { id: first } = await stage.client().migrate('web', live);
    await stage.called('compute12', 'storage.writeImage');
    const { id } = await secondClient.migrate('db', live);
    await until('the second waits for its turn', async () =>
      (await secondClient.migration(id)).phase.includes(`migration ${first} (web) is at it`) ? true : null,
    );
    way.silence();
    expect(await overAtSecond(id)).toMatchObject({ status: 'completed' });
    expect(await overAtSecond(first)).toMatchObject({ finishedAt: expect.any(String) as string });
    expect(stage.world.runners(other)).toEqual(['compute12']);
    way.mend();
  });
});

test('many moves, while one controller comes and goes: each ends, none twice, and no claim is left', async () => {
  const names = Array.from({ length: 16 }, (_, number) => `web${number}`);
  const ids = [];
  for (const name of names) ids.push(await stage.guest({ name, directory: '/shared', memoryMiB: 16 }));
  const moves = await Promise.all(
    names.map((name, number) => (number % 2 === 0 ? stage.client() : secondClient).migrate(name, live)),
  );
  for (let turn = 0; turn < 3; turn += 1) {
    way.cut();
    await new Promise((resolve) => {
      setTimeout(resolve, leaseMs * 1.5);
    });
    way.mend();
    await new Promise((resolve) => {
      setTimeout(resolve, leaseMs / 2);
    });
  }
  const ended: string[] = [];
  for (const { id, instanceId } of moves) {
    // One that nobody was at for too long is taken back, and its guest has stayed.
    const { status } = await overAtSecond(id);
    ended.push(status);
    const home = status === 'completed' ? 'compute12' : 'compute11';
    expect(stage.world.runners(instanceId)).toEqual([home]);
    expect(await secondClient.instance(instanceId)).toMatchObject({ host: home, migrationId: null });
  }
  expect(ids.toSorted()).toEqual(moves.map(({ instanceId }) => instanceId).toSorted());
  expect(ended).toContain('completed');
  expect(ended.filter((status) => status !== 'completed' && status !== 'failed')).toEqual([]);
  expect(await claimedBytes(url)).toBe(0);
});

test('two that start at once on an empty database both come up', async () => {
  const empty = (await emptyPostgresDatabase()) ?? '';
  const folders = ['a', 'b'].map((name) => mkdtempSync(join(tmpdir(), `ferry-${name}-`)));
  const both = await Promise.all(
    folders.map((dataDirectory) => startController({ ...stage.options(), database: empty, dataDirectory })),
  );
  expect(new Set(both.map((one) => one.socketUrl)).size).toBe(2);
  await Promise.all(both.map((one) => one.stop()));
  for (const folder of folders) rmSync(folder, { recursive: true });
});

test('both look at the hosts: one that was moved by hand is adopted once, one that runs twice is settled once', async () => {
  const looking = { watchIntervalMs: 10, leaseMs };
  await using both = await Stage.open({}, { database: (await postgresDatabase()) ?? '', ...looking });
  const directory = mkdtempSync(join(tmpdir(), 'ferry-looking-'));
  const other = await startController({ ...both.options(), dataDirectory: directory });
  try {
    const id = await both.guest({ name: 'web', directory: '/shared' });
    const [from, to] = [both.world.host('compute11'), both.world.host('compute12')];
    const domain = from.domains.get(id);
    if (domain === undefined) throw new Error('the guest is not there');
    to.domains.set(id, { ...domain, reason: 'migrated' });
    from.domains.delete(id);
    const now = () => both.client().instance('web');
    await until('it is adopted', async () => ((await now()).host === 'compute12' ? true : null));
    from.domains.set(id, { ...domain, reason: 'booted' });
    await until('it is paused', async () =>
      (await now()).fault !== null && both.world.runners(id).length === 0 ? true : null,
    );
    await both.client().keepInstance('web', { host: 'compute12' });
    await until('it is well', async () => ((await now()).fault === null ? true : null));
    expect(both.world.runners(id)).toEqual(['compute12']);
    expect(await now()).toMatchObject({ host: 'compute12', generation: 2, powerState: 'running' });
  } finally {
    await other.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});

test('of two controllers one tells a webhook of an event', async () => {
  await using receiver = await WebhookReceiver.open();
  const hook = { name: 'hook', url: receiver.url, kinds: ['migration.*'], secret: 'a-secret-of-this-test' };
  const { id } = await stage.client().addWebhook(hook);
  await stage.guest({ name: 'web', directory: '/shared' });
  for (const host of ['compute12', 'compute11', 'compute12']) {
    const migration = await stage.client().migrate('web', { kind: 'live-migration', host });
    await stage.over(migration.id);
  }
  await until('all is told', async () => {
    const { deliveries } = await secondClient.webhook(id);
    const ends = receiver.received.filter(({ message }) => message.message.startsWith('completed'));
    return ends.length === 3 && deliveries.length === receiver.received.length ? true : null;
  });
  const ids = receiver.received.map((one) => one.id);
  expect(new Set(ids).size).toBe(ids.length);
});
