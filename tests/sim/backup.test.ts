import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { restoreBackup, writeBackup } from '@ferry/controller/backup';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runFerry } from './run-ferry.ts';
import { Stage } from './world.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-backup-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const refused = (why: string): object => ({
  code: 'bad-backup',
  message: expect.stringContaining(why) as string,
});

test('while the controller runs it is copied; elsewhere it is the same controller, with its keys and tokens', async () => {
  await using stage = await Stage.open({}, { database: null });
  const id = await stage.guest({ name: 'web', directory: '/shared' });
  const token = readFileSync(join(stage.dataDirectory, 'admin.token'), 'utf8');
  const backup = join(folder, 'copy');
  const made = await runFerry(stage, ['backup', backup]);
  expect([made.code, made.err]).toEqual([0, '']);
  expect(statSync(backup).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(backup)) expect(statSync(join(backup, name)).mode & 0o077).toBe(0);
  await stage
    .client()
    .migrate('web', { kind: 'live-migration', host: 'compute12' })
    .then(({ id: move }) => stage.over(move));
  await stage.crash();

  const restored = join(folder, 'data');
  const back = await runFerry(stage, ['restore', backup, '--data-dir', restored]);
  expect([back.code, back.err]).toEqual([0, '']);
  expect(readFileSync(join(restored, 'admin.token'), 'utf8')).toBe(token);
  await stage.start({ dataDirectory: restored, keyFile: join(restored, 'secret.key'), watchIntervalMs: 20 });
  // The guest has moved since: that is found by looking at the hosts.
  await expect
    .poll(async () => (await stage.client().instance(id)).host, { timeout: 30_000 })
    .toBe('compute12');
});

test('what is damaged, in the way or no backup is refused, and nothing is written', async () => {
  await using stage = await Stage.open({}, { database: null });
  const backup = join(folder, 'copy');
  const data = join(folder, 'data');
  const options = { images: false, version: '0', keyFile: null };
  await writeBackup(stage.dataDirectory, backup, options);
  await expect(writeBackup(stage.dataDirectory, backup, options)).rejects.toMatchObject(
    refused('is there already'),
  );
  await expect(restoreBackup(backup, stage.dataDirectory)).rejects.toMatchObject(
    refused('nothing of another controller is written over'),
  );
  expect(readdirSync(backup)).toEqual(expect.not.arrayContaining(['ferry.db-wal', 'ferry.db-shm']));
  await expect(writeBackup(folder, join(folder, 'other'), options)).rejects.toMatchObject(refused('pg_dump'));
  appendFileSync(join(backup, 'ferry.db'), 'x');
  await expect(restoreBackup(backup, data)).rejects.toMatchObject(
    refused('ferry.db is not what was backed up'),
  );
  writeFileSync(join(backup, 'manifest.json'), '{"format":1,"files":{"../x":""}}');
  await expect(restoreBackup(backup, data)).rejects.toMatchObject(refused('it names ../x'));
  await expect(restoreBackup(folder, data)).rejects.toMatchObject(refused('is no list of a backup'));
  expect(existsSync(data)).toBe(false);
  expect(readdirSync(folder)).toEqual(['copy']);
});

test('a folder of another that is called like what is not finished stays', async () => {
  await using stage = await Stage.open({}, { database: null });
  const theirs = join(folder, 'copy.unfinished');
  mkdirSync(theirs);
  writeFileSync(join(theirs, 'thesis'), 'x');
  await writeBackup(stage.dataDirectory, join(folder, 'copy'), { images: true, version: '0', keyFile: null });
  expect(readFileSync(join(theirs, 'thesis'), 'utf8')).toBe('x');
  expect(readdirSync(folder)).toEqual(['copy', 'copy.unfinished']);
});

test('a restore that breaks off leaves nothing of it, and what was there as it was', async () => {
  await using stage = await Stage.open({}, { database: null });
  const [backup, data] = [join(folder, 'copy'), join(folder, 'data')];
  await writeBackup(stage.dataDirectory, backup, { images: false, version: '0', keyFile: null });
  // A link that leads nowhere is no file yet, and none can be made there.
  mkdirSync(data);
  symlinkSync('/nowhere/at/all', join(data, 'reader.token'));
  await expect(restoreBackup(backup, data)).rejects.toThrow('EEXIST');
  expect(readdirSync(data).toSorted()).toEqual(['ferry.lock', 'reader.token']);
});

test('a database of a former version is copied beside it before it is changed', async () => {
  await using stage = await Stage.open({}, { database: null });
  await stage.crash();
  const file = join(stage.dataDirectory, 'ferry.db');
  const database = new DatabaseSync(file);
  const { newest } = database.prepare('select max(name) as newest from kysely_migration').get() as {
    newest: string;
  };
  // What the newest version brought goes again: it follows versions-since-0030.ts.
  expect(newest).toBe('0044-words');
  // It changed words alone, and finds them changed.
  database.exec(`delete from kysely_migration where name = '${newest}';`);
  const { former } = database.prepare('select max(name) as former from kysely_migration').get() as {
    former: string;
  };
  database.close();
  // What a start that was cut off has left is not taken for the copy.
  writeFileSync(`${file}.before-upgrade-from-${former}.unfinished`, 'half');
  await stage.start();
  const copy = `${file}.before-upgrade-from-${former}`;
  expect(existsSync(`${copy}.unfinished`)).toBe(false);
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  const kept = new DatabaseSync(copy, { readOnly: true });
  expect(kept.prepare('select max(name) as newest from kysely_migration').get()).toEqual({ newest: former });
  kept.close();
});
