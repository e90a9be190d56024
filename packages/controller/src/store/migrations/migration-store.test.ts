import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host, Instance, Migration } from '@ferry/model';
import { describe, expect, test } from 'vitest';
import { takeDatabaseLock } from '../database/open-database.ts';
import type { NewClaim } from './begin-migration.ts';
import {
  claim,
  failed,
  hosts,
  migrationOf,
  operation,
  sampleStore,
  web,
} from '../instances/sample-store.test-support.ts';
import { Store } from '../store.ts';

describe('taking an instance', () => {
  test('writes migration, claim and operation, and holds the instance', async () => {
    const store = await sampleStore();
    const migration = migrationOf(web);
    expect(await store.migrations.begin(migration, web, claim, operation)).toEqual({ begun: true });
    expect(await store.migrations.byId(migration.id)).toEqual(migration);
    expect(await store.instances.byId('web-1')).toMatchObject({
      operationId: migration.id,
      taskState: 'migrating',
    });
    expect(await store.migrations.claimedMemoryBytes('host-b')).toBe(100);
    expect(await store.operations.unfinished()).toEqual([
      { operationId: migration.id, workflow: 'live-migrate' },
    ]);
    await store.close();
  });

  test('of many at once one wins, and the others leave no row', async () => {
    const store = await sampleStore();
    const all = Array.from({ length: 10 }, () => migrationOf(web));
    const begun = await Promise.all(
      all.map((migration) => store.migrations.begin(migration, web, claim, operation)),
    );
    expect(begun.filter((one) => one.begun)).toHaveLength(1);
    const [winner] = await store.migrations.newest(1000);
    for (const lost of begun.filter((one) => !one.begun))
      expect(lost).toEqual({ begun: false, because: 'busy', holder: `migration ${winner?.id}` });
    expect(await store.migrations.newest(1000)).toHaveLength(1);
    expect(await store.operations.unfinished()).toHaveLength(1);
    expect(await store.migrations.claimedMemoryBytes('host-b')).toBe(100);
    await store.close();
  });

  test.each([
    { what: 'an older generation', stale: { ...web, generation: 0 } },
    { what: 'another owner', stale: { ...web, hostId: 'host-c' } },
  ])('with $what it is refused as changed', async ({ stale }) => {
    const store = await sampleStore();
    const begun = await store.migrations.begin(migrationOf(stale), stale, claim, operation);
    expect(begun).toEqual({ begun: false, because: 'changed' });
    expect(await store.migrations.newest(1000)).toEqual([]);
    expect(await store.instances.byId('web-1')).toEqual(web);
    await store.close();
  });

  test('claims never add up to more than the target has, and are freed at the end', async () => {
    const instances = ['1', '2', '3'].map((number) => ({ ...web, id: `web-${number}` }));
    const store = await sampleStore(instances);
    const migrations = instances.map((instance) => migrationOf(instance));
    const begin = (index: number, more: Partial<NewClaim> = {}): Promise<unknown> => {
      const [migration, instance] = [migrations[index], instances[index]];
      if (migration === undefined || instance === undefined) throw new Error('no such migration');
      return store.migrations.begin(migration, instance, { ...claim, ...more }, operation);
    };
    expect(await begin(0)).toEqual({ begun: true });
    expect(await begin(1)).toEqual({ begun: true });
    expect(await begin(2)).toEqual({ begun: false, because: 'no-room', claimedBytes: 200 });
    expect(await store.instances.byId('web-3')).toMatchObject({ operationId: null });
    await store.migrations.finish(migrations[0]?.id ?? '', failed);
    expect(await store.migrations.claimedMemoryBytes('host-b')).toBe(100);
    expect(await begin(2)).toEqual({ begun: true });
    await store.close();
  });
});

test('all hosts that an instance was on are known, however many other moves came since, and what left a host', async () => {
  const plan = { form: 'cold', disks: [], copyBytes: 7, obstacles: [], warm: null } as const;
  const others = Array.from({ length: 3 }, (_, index) => ({ ...web, id: `web-${index + 2}` }));
  const store = await sampleStore([web, ...others]);
  for (const instance of [web, ...others]) {
    const migration = { ...migrationOf(instance), ...(instance === web ? { plan } : {}) };
    await store.migrations.begin(migration, instance, { ...claim, memoryBytes: 1 }, operation);
  }
  expect(await store.migrations.newest(1)).toMatchObject([{ instanceId: 'web-4' }]);
  expect((await store.migrations.hostsOf('web-1')).toSorted()).toEqual(['host-a', 'host-b']);
  expect(await store.migrations.hostsOf('web-9')).toEqual([]);
  expect((await store.migrations.plansFrom('host-a')).map(({ copyBytes }) => copyBytes)).toContain(7);
  expect(await store.migrations.plansFrom('host-b')).toEqual([]);
  await store.close();
});

describe('room for disks', () => {
  test('two moves that fit one by one and not together: the later one is refused, and fits once the first has ended', async () => {
    const instances = ['1', '2'].map((number) => ({ ...web, id: `web-${number}` }));
    const store = await sampleStore(instances);
    const [one, other] = instances as [Instance, Instance];
    const disk = {
      action: 'copy',
      target: 'vda',
      path: '/images/web.qcow2',
      format: 'qcow2',
      capacityBytes: 100,
      allocationBytes: 60,
      readOnly: false,
      because: 'not seen',
      backing: [],
    } as const;
    const plan = { form: 'coordinated', disks: [disk], copyBytes: 60, obstacles: [], warm: null } as const;
    const directories = [{ directory: '/images', neededBytes: 60, availableBytes: 100 }];
    const [first, second] = [one, other].map((instance) => ({ ...migrationOf(instance), plan }));
    if (first === undefined || second === undefined) throw new Error('two were made');
    const mine = { ...claim, directories };
    expect(await store.migrations.begin(first, one, mine, operation)).toEqual({ begun: true });
    expect(Object.fromEntries(await store.migrations.claimedRoom('host-b'))).toEqual({ '/images': 60 });
    expect(await store.migrations.begin(second, other, mine, operation)).toEqual({
      begun: false,
      because: 'no-disk-room',
      directory: '/images',
      claimedBytes: 60,
    });
    expect(await store.instances.byId('web-2')).toMatchObject({ operationId: null });
    await store.migrations.finish(first.id, failed);
    expect(await store.migrations.begin(second, other, mine, operation)).toEqual({ begun: true });
    await store.close();
  });
});

describe('a migration that was begun', () => {
  test('commit changes the owner once, however often it is said', async () => {
    const store = await sampleStore();
    const { id } = await begunOn(store);
    for (let times = 0; times < 3; times += 1) await store.migrations.commit(id);
    expect(await store.instances.byId('web-1')).toMatchObject({ hostId: 'host-b', generation: 2 });
    await store.close();
  });

  test('commit of a migration that no longer holds the instance changes nothing', async () => {
    const store = await sampleStore();
    const { id } = await begunOn(store);
    await store.migrations.finish(id, failed);
    await store.migrations.commit(id);
    expect(await store.instances.byId('web-1')).toEqual(web);
    await store.close();
  });

  test('the end is written once: a second one changes nothing', async () => {
    const store = await sampleStore();
    const { id } = await begunOn(store);
    await store.migrations.finish(id, failed);
    const end = await store.migrations.byId(id);
    await store.migrations.finish(id, { ...failed, status: 'cancelled', phase: 'something else' });
    expect(await store.migrations.byId(id)).toEqual(end);
    expect(await store.migrations.requestAbort(id)).toMatchObject({ abortRequested: false });
    await store.close();
  });

  test('a status that cannot follow is refused, and nothing is written', async () => {
    const store = await sampleStore();
    const migration = await begunOn(store);
    await expect(store.migrations.advance(migration.id, 'completed', 'x')).rejects.toMatchObject({
      code: 'illegal-transition',
    });
    expect(await store.migrations.byId(migration.id)).toEqual(migration);
    await store.close();
  });

  test('power seen on a host is not written while it is held, nor for an older owner', async () => {
    const store = await sampleStore();
    const seen = { powerState: 'shutoff', vmState: 'stopped', fault: null } as const;
    const { id } = await begunOn(store);
    expect(await store.instances.saw(web, seen)).toBe(false);
    expect(await store.instances.byId('web-1')).toMatchObject({ powerState: 'running' });
    await store.migrations.commit(id);
    await store.migrations.finish(id, failed);
    expect(await store.instances.saw(web, seen)).toBe(false);
    expect(await store.instances.byId('web-1')).toMatchObject({ powerState: 'running' });
    expect(await store.instances.saw({ ...web, hostId: 'host-b', generation: 2 }, seen)).toBe(true);
    expect(await store.instances.byId('web-1')).toMatchObject({ powerState: 'shutoff' });
    await store.close();
  });

  test('two looks that find it elsewhere move it once; a move that has begun meanwhile wins', async () => {
    const store = await sampleStore();
    const there = { hostId: 'host-b', powerState: 'running', vmState: 'active' } as const;
    expect(await store.instances.settle(web, there, 'moved by hand')).toBe(true);
    expect(await store.instances.settle(web, there, 'moved by hand')).toBe(false);
    const moved = { ...web, hostId: 'host-b', generation: 2 };
    expect(await store.instances.byId('web-1')).toEqual(moved);
    const back = { ...migrationOf(moved, 'a'), sourceHost: 'b' };
    expect(await store.migrations.begin(back, moved, claim, operation)).toEqual({ begun: true });
    expect(await store.instances.settle(moved, { ...there, hostId: 'host-c' }, 'elsewhere')).toBe(false);
    expect(await store.instances.byId('web-1')).toMatchObject({ hostId: 'host-b', operationId: back.id });
    await store.close();
  });

  test('while a migration that failed has still to clear away what it left, that is not taken for a finding', async () => {
    const store = await sampleStore();
    const { id } = await begunOn(store);
    await store.migrations.finish(id, failed);
    // It may have begun and failed since its hosts were looked at: the look knows nothing of it.
    const off = { powerState: 'shutoff', vmState: 'stopped' } as const;
    const elsewhere = { ...off, hostId: 'host-b', notWhileOwed: true };
    expect(await store.instances.saw(web, { ...off, fault: null, notWhileOwed: true })).toBe(false);
    expect(await store.instances.settle(web, elsewhere, 'moved by hand')).toBe(false);
    expect(await store.instances.byId('web-1')).toEqual(web);
    await store.operations.close(id, 'done');
    expect(await store.instances.settle(web, elsewhere, 'moved by hand')).toBe(true);
    await store.close();
  });

  test('a fault that was found since the checks keeps a move from beginning, and is not written over', async () => {
    const store = await sampleStore();
    const fault = {
      kind: 'two-copies',
      message: 'a, b',
      remedy: 'choose',
      hostIds: ['host-a', 'host-b'],
    } as const;
    const found = { ...fault, withoutGap: null, keep: null };
    const power = { powerState: 'running', vmState: 'error' } as const;
    expect(await store.instances.saw(web, { ...power, fault: found })).toBe(true);
    expect(await store.migrations.begin(migrationOf(web), web, claim, operation)).toMatchObject({
      begun: false,
      because: 'changed',
    });
    const decided = { ...found, keep: 'host-a' };
    expect(await store.instances.saw({ ...web, fault: found }, { ...power, fault: decided })).toBe(true);
    // Somebody who looked before the decision finds it well again, and must not take the decision away.
    expect(await store.instances.saw({ ...web, fault: found }, { ...power, fault: null })).toBe(false);
    expect(await store.instances.byId('web-1')).toMatchObject({ fault: decided });
    await store.close();
  });

  test('a fault in the word of before is read in the word of now, and can be written over', async () => {
    const former = { kind: 'untold', message: 'may run on both', remedy: 'look', hostIds: ['host-a'] };
    const store = await sampleStore([{ ...web, fault: former as unknown as Instance['fault'] }]);
    const read = await store.instances.byId('web-1');
    expect(read?.fault).toEqual({ ...former, kind: 'ambiguous' });
    const well = { powerState: 'running', vmState: 'active', fault: null } as const;
    expect(await store.instances.saw(read ?? web, well)).toBe(true);
    expect((await store.instances.byId('web-1'))?.fault).toBe(null);
    await store.close();
  });

  test('two writers cannot both write the same record of the log', async () => {
    const store = await sampleStore();
    const { id } = await begunOn(store);
    const record = {
      operationId: id,
      sequence: 1,
      at: '2026-01-01T00:00:00.000Z',
      entry: { kind: 'operation-resumed' },
    } as Parameters<typeof store.operations.append>[0];
    await store.operations.append(record);
    await expect(store.operations.append(record)).rejects.toThrow(/unique/i);
    expect(await store.operations.read(id)).toEqual([record]);
    await store.close();
  });
});

describe('the data directory', () => {
  test('the schema is made once, and what was written is there when it is opened again', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ferry-store-'));
    const path = join(directory, 'ferry.db');
    const first = await Store.open(path);
    await first.hosts.add({ ...hosts[0], name: 'a' } as Host);
    await first.close();
    for (let times = 0; times < 2; times += 1) {
      const again = await Store.open(path);
      expect((await again.hosts.list()).map((host) => host.name)).toEqual(['a']);
      await again.close();
    }
    rmSync(directory, { recursive: true });
  });

  test('is locked for one, and free again after the release', () => {
    const directory = mkdtempSync(join(tmpdir(), 'ferry-lock-'));
    const path = join(directory, 'ferry.lock');
    const lock = takeDatabaseLock(path);
    expect(lock).not.toBe('taken');
    expect(takeDatabaseLock(path)).toBe('taken');
    if (lock !== 'taken') lock.release();
    const again = takeDatabaseLock(path);
    expect(again).not.toBe('taken');
    if (again !== 'taken') again.release();
    rmSync(directory, { recursive: true });
  });
});

async function begunOn(store: Store): Promise<Migration> {
  const migration = migrationOf(web);
  await store.migrations.begin(migration, web, claim, operation);
  return migration;
}
