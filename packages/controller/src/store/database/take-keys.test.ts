import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DomainFacts } from '@ferry/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sql } from 'kysely';
import { openDatabase } from './open-database.ts';
import { claim, hosts, migrationOf, web } from '../instances/sample-store.test-support.ts';
import { newSecretKey, SecretKeys } from './sealed-text.ts';
import { Store } from '../store.ts';
import { postgresDatabase } from './test-database.test-support.ts';

const password = 'hunter2-planted';
const now = (): string => '2026-01-01T00:00:00.000Z';
const xml = `<domain><graphics passwd='${password}'/></domain>`;
const facts = { note: password } as unknown as DomainFacts;
let folder: string;
let where: string;
let path: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-keys-'));
  where = (await postgresDatabase()) ?? join(folder, 'ferry.db');
  path = join(folder, 'secret.key');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const open = (rotate = false, file = path): Promise<Store> => Store.open(where, now, { path: file, rotate });

/** A secret in each column that can hold one; the id of the operation. */
async function plant(store: Store): Promise<string> {
  for (const host of hosts) await store.hosts.add(host);
  await store.instances.add(web);
  await store.profiles.change(web.id, () => ({ userData: password }));
  await store.definitionBackups.keep({
    instanceId: web.id,
    hostId: web.hostId,
    xml,
    domain: facts,
    seenAt: '2027-01-01T00:00:00.000Z',
  });
  const migration = migrationOf(web);
  await store.migrations.begin(migration, web, claim, { workflow: 'evacuate', input: { xml } });
  await store.operations.append({
    operationId: migration.id,
    sequence: 1,
    at: now(),
    entry: { kind: 'step-succeeded', step: 'look', output: { xml } },
  } as unknown as Parameters<typeof store.operations.append>[0]);
  return migration.id;
}

async function expectAll(store: Store, id: string): Promise<void> {
  expect((await store.profiles.of(web.id))?.userData).toBe(password);
  const kept = await store.definitionBackups.of(web.id, web.hostId);
  expect([kept?.xml, kept?.domain]).toEqual([xml, facts]);
  expect((await store.operations.byId(id))?.input).toEqual({ xml });
  expect(JSON.stringify(await store.operations.read(id))).toContain(password);
}

/** Every row of every table that has such secrets, as it stands there. */
async function written(): Promise<string> {
  const db = openDatabase(where);
  const tables = ['operation', 'operation_record', 'kept_definition', 'instance_profile'];
  const all = [];
  for (const table of tables) all.push((await sql`select * from ${sql.table(table)}`.execute(db)).rows);
  await db.destroy();
  return JSON.stringify(all);
}

/** Files of SQLite in which a secret stands, its log included. */
function filesWith(text: string): string[] {
  return readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(text));
}

const firstLine = (): string => readFileSync(path, 'utf8').split('\n')[0] ?? '';

test('what is secret is sealed in the database, and read again with the same key file', async () => {
  const store = await open();
  const id = await plant(store);
  await expectAll(store, id);
  expect(await written()).not.toContain(password);
  expect(filesWith(password)).toEqual([]);
  await store.close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const again = await open();
  await expectAll(again, id);
  await again.close();
});

test('what a former version wrote plainly is sealed at the start, and is nowhere in the files then', async () => {
  const former = await Store.open(where, now);
  const id = await plant(former);
  await former.close();
  expect(await written()).toContain(password);
  const store = await open();
  await expectAll(store, id);
  expect(await written()).not.toContain(password);
  expect(filesWith(password)).toEqual([]);
  await store.close();
});

test('another key file, or none, is refused with the keys that are meant, and nothing is changed', async () => {
  const store = await open();
  const id = await plant(store);
  await store.close();
  const before = await written();
  const other = join(folder, 'other.key');
  await expect(open(false, other)).rejects.toThrow(/There is no key file .*other\.key.*--key-file/s);
  expect(existsSync(other)).toBe(false);
  writeFileSync(other, `${Buffer.alloc(32, 7).toString('base64')}\n`, { mode: 0o600 });
  await expect(open(false, other)).rejects.toThrow(/all controllers of a database use the same key file/);
  await expect(open(true, other)).rejects.toThrow(/the same key file/);
  expect(await written()).toBe(before);
  const again = await open();
  await expectAll(again, id);
  await again.close();
});

test('a key file that others can read, or that is damaged, is refused', async () => {
  await (await open()).close();
  const whole = readFileSync(path, 'utf8');
  chmodSync(path, 0o640);
  await expect(open()).rejects.toThrow(/mode 640.*chmod 600/);
  chmodSync(path, 0o600);
  for (const [damaged, why] of [
    ['', /is empty/],
    [whole.slice(0, 20), /Line 1 .* is no key of 32 bytes/],
  ] as const) {
    writeFileSync(path, damaged);
    await expect(open()).rejects.toThrow(why);
  }
});

test('a rotation writes everything anew under a new key', async () => {
  const store = await open();
  const id = await plant(store);
  await store.close();
  const [before, line] = [await written(), firstLine()];
  const rotated = await open(true);
  await expectAll(rotated, id);
  await rotated.close();
  expect(firstLine()).not.toBe(line);
  const formerId = /ferry1:(\w+):/.exec(before)?.[1] ?? '';
  expect(await written()).not.toContain(`ferry1:${formerId}:`);
  // A shared database may have had others at work with the former key until now.
  const shared = where.startsWith('postgres');
  expect(readFileSync(path, 'utf8').includes(line)).toBe(shared);
});

/** What a crash leaves right after the new key was written: it is first in the file, and nothing is sealed with it. */
async function cutOffRotation(): Promise<{
  readonly id: string;
  readonly former: string;
  readonly formerKey: string;
}> {
  const store = await open();
  const id = await plant(store);
  await store.close();
  const former = await written();
  const key = Buffer.from(newSecretKey().bytes).toString('base64');
  writeFileSync(path, `${key}\n${readFileSync(path, 'utf8')}`);
  return { id, former, formerKey: /ferry1:(\w+):/.exec(former)?.[1] ?? '' };
}

test('a rotation that is cut off before anything is sealed anew goes on with the next start', async () => {
  const { id, formerKey } = await cutOffRotation();
  const again = await open();
  await expectAll(again, id);
  await again.close();
  expect(await written()).not.toContain(`ferry1:${formerKey}:`);
});

test('so does one that is cut off half way', async () => {
  const { id, former, formerKey } = await cutOffRotation();
  const db = openDatabase(where);
  const [fail, mend] = where.startsWith('postgres')
    ? [
        sql`alter table kept_definition add constraint held check (xml is null) not valid`,
        sql`alter table kept_definition drop constraint held`,
      ]
    : [
        sql`create trigger held before update on kept_definition begin select raise(abort, 'held'); end`,
        sql`drop trigger held`,
      ];
  await fail.execute(db);
  await expect(open()).rejects.toThrow(/held/);
  await mend.execute(db);
  await db.destroy();
  expect(await written()).not.toBe(former);
  const again = await open();
  await expectAll(again, id);
  await again.close();
  expect(await written()).not.toContain(`ferry1:${formerKey}:`);
});

test('of two controllers that start with keys of their own for the first time one is refused, and the other goes on', async () => {
  const other = join(folder, 'other.key');
  const settled = await Promise.allSettled([open(), open(false, other)]);
  const stores = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  expect(settled.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  const [winner] = stores;
  if (winner === undefined) throw new Error('one has started');
  await expectAll(winner, await plant(winner));
  await winner.close();
  copyFileSync(settled[0]?.status === 'fulfilled' ? path : other, join(folder, 'copy.key'));
  const copied = await open(false, join(folder, 'copy.key'));
  await copied.close();
});

test('a sealed text opens in its own row and column alone, and not when it was changed', () => {
  const keys = new SecretKeys(newSecretKey());
  const sealed = keys.seal(password, 'operation.input/a');
  expect(sealed).not.toContain(password);
  expect(keys.open(sealed, 'operation.input/a')).toBe(password);
  expect(() => keys.open(sealed, 'operation.input/b')).toThrow(/is of another row/);
  expect(() => keys.open(`${sealed.slice(0, -4)}AAAA`, 'operation.input/a')).toThrow(/was changed/);
  expect(() => new SecretKeys(newSecretKey()).open(sealed, 'operation.input/a')).toThrow(
    /sealed with the key/,
  );
});
