import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { moveDatabase } from '@ferry/controller/move-database';
import { askPostgres, emptyPostgresDatabase } from '@ferry/controller/test-database';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runFerry } from '../sim/run-ferry.ts';
import { isSigned, WebhookReceiver } from '../sim/webhook-receiver.ts';
import { Stage } from '../sim/world.ts';

const secret = 'a-secret-of-this-test';
let stage: Stage;
let to: string;
let receiver: WebhookReceiver;

/** A controller on SQLite that something has happened at. */
beforeEach(async () => {
  to = (await emptyPostgresDatabase()) ?? '';
  receiver = await WebhookReceiver.open();
  stage = await Stage.open({}, { database: null, webhooks: { allowed: ['127.0.0.1'] } });
  await stage.guest({ name: 'web', directory: '/shared' });
  await stage.client().addWebhook({ name: 'hook', url: receiver.url, kinds: ['plan.*'], secret });
  const { id } = await stage.client().migrate('web', { kind: 'live-migration', host: 'compute12' });
  await stage.over(id);
});
afterEach(async () => {
  await stage[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

const file = (): DatabaseSync => new DatabaseSync(join(stage.dataDirectory, 'ferry.db'));

async function tablesThere(): Promise<unknown[]> {
  const rows = await askPostgres(
    to,
    'select tablename from pg_tables where schemaname = current_schema() order by 1',
  );
  return rows.map((row) => row['tablename']);
}

test('all of it is there, the controller goes on with it, and numbers go on', async () => {
  const before = {
    migrations: await stage.client().migrations(),
    hosts: (await stage.client().hosts()).map(({ id, name }) => [id, name]),
    audit: (await stage.client().audit()).map(({ sequence, action }) => [sequence, action]),
  };
  await expect(moveDatabase(stage.dataDirectory, to)).rejects.toThrow('A controller runs on');
  await stage.crash();
  const database = file();
  const { last } = database.prepare('select max(sequence) as last from event').get() as { last: number };
  database.close();

  const first = await moveDatabase(stage.dataDirectory, to);
  expect([first.wasThere, first.rows['migration'], first.rows['host'], first.rows['webhook']]).toEqual([
    false,
    1,
    3,
    1,
  ]);
  expect(first.rows['event']).toBeGreaterThan(3);
  // Once more: nothing is to be done.
  expect(await moveDatabase(stage.dataDirectory, to)).toEqual({ ...first, wasThere: true });

  await stage.start({ database: to });
  expect(await stage.client().migrations()).toEqual(before.migrations);
  expect((await stage.client().hosts()).map(({ id, name }) => [id, name])).toEqual(before.hosts);
  expect((await stage.client().audit()).map(({ sequence, action }) => [sequence, action])).toEqual(
    before.audit,
  );
  // What is sealed opens with the key that was there.
  expect(await stage.client().testWebhook('hook')).toMatchObject({ outcome: 'delivered' });
  expect(receiver.received.map((one) => isSigned(one, secret))).toEqual([true]);
  const { id } = await stage.client().migrate('web', { kind: 'live-migration', host: 'compute13' });
  expect(await stage.over(id)).toMatchObject({ status: 'completed' });
  const events: number[] = [];
  const stop = new AbortController();
  for await (const { sequence } of stage.client().events(last, stop.signal)) {
    events.push(sequence);
    if (events.length === 3) break;
  }
  expect(events[0]).toBe(last + 1);
  // It is another one's now, and nothing is written over it.
  await stage.crash();
  await expect(moveDatabase(stage.dataDirectory, to)).rejects.toThrow(/is not empty: .*nothing was changed/);
});

test('what breaks off in the middle leaves nothing', async () => {
  await stage.crash();
  const database = file();
  // PostgreSQL takes no such text.
  database.prepare("update instance set name = 'a' || char(0) || 'b'").run();
  database.close();
  await expect(moveDatabase(stage.dataDirectory, to)).rejects.toThrow(
    'it broke off, and nothing of it is left',
  );
  expect(await tablesThere()).toEqual([]);
});

test('a database with something in it, and one of a former version, are refused as they are', async () => {
  await stage.crash();
  await askPostgres(to, 'create table theirs (n integer)');
  await expect(moveDatabase(stage.dataDirectory, to)).rejects.toThrow('it has 1 tables (theirs');
  expect(await tablesThere()).toEqual(['theirs']);
  await askPostgres(to, 'drop table theirs');
  const database = file();
  database.exec("delete from kysely_migration where name like '0033%'");
  database.close();
  await expect(moveDatabase(stage.dataDirectory, to)).rejects.toThrow(
    'former version of Ferry: it lacks 0033-plans',
  );
  expect(await tablesThere()).toEqual([]);
});

test('the command says what comes next, and no password', async () => {
  await stage.crash();
  const moved = await runFerry(stage, ['database', 'move', '--to', to]);
  expect([moved.code, moved.err]).toEqual([0, '']);
  expect(moved.out).toMatch(/^copied: \d+ rows of \d+ tables, the same on both sides\n/);
  expect(moved.out).toContain('database: postgres://');
  const wrong = await runFerry(stage, ['database', 'move', '--to', 'mysql://db/ferry']);
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('no address of PostgreSQL')]);
  const away = await runFerry(stage, [
    'database',
    'move',
    '--to',
    'postgres://ferry:geheim@127.0.0.1:1/ferry',
  ]);
  expect([away.code, away.err.includes('nothing of it is left'), away.err.includes('geheim')]).toEqual([
    1,
    true,
    false,
  ]);
});
