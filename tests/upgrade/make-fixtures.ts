import crypto from 'node:crypto';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type FixtureCase, fixtureCases } from './fixture-cases.ts';
import { FixtureFile } from './fixture-file.ts';
import { drive } from './former-requests.ts';
import { type FormerStage, formerStage } from './former-stage.ts';
import { type Any, FormerVersion } from './former-version.ts';
import { sqlDump } from './sql-dump.ts';
import { worldJson } from './world-json.ts';

/**
 * Writes the fixtures of a former version: databases with an operation that was cut short, and the hosts as they stood
 * then. `node tests/upgrade/make-fixtures.ts CHECKOUT [NAME…]`, where CHECKOUT is that version with its npm packages, and names are of cases. See README.md.
 */
const former = new FormerVersion(process.argv[2] ?? '.');

const names = process.argv.slice(3);
const isWanted = ({ name, needs }: FixtureCase): boolean =>
  former.hasOperations(needs) && (names.length === 0 || names.includes(name));

for (const one of fixtureCases.filter(isWanted)) {
  const fixture = new FixtureFile();
  // The first run is for the number of records; each other one stops after one of those that begin something.
  const records = await stopAfter(one, Number.POSITIVE_INFINITY, one.cutAfter === undefined ? null : fixture);
  for (const [number, kind] of records.entries()) {
    const isLast = number === records.length - 1;
    const begins = kind.startsWith('step-started') || kind.startsWith('undo-started');
    const wanted = one.refused === undefined ? begins : kind.startsWith('undo-started') || isLast;
    if (wanted) await stopAfter(one, number + 1, fixture);
  }
  const to = join(import.meta.dirname, 'fixtures', fixture.version);
  mkdirSync(to, { recursive: true });
  fixture.write(join(to, one.name));
}

/** Runs it until so many records are written and the work of the last one is done; the kinds of all its records. */
async function stopAfter(
  given: FixtureCase,
  count: number,
  into: FixtureFile | null = null,
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-former-'));
  countIds();
  const stage = await formerStage(former, folder, given.directory);
  const { store } = stage.services;
  try {
    const id = await given.accept(stage);
    const { refused } = given;
    if (refused !== undefined) stage.world.faults.plan(refused.host, refused.method, 'refuse', 1_000);
    const records: string[] = [];
    const add = (stop: string): void => {
      const sql = sqlDump(join(folder, 'ferry.db')).replaceAll(
        /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g,
        '2026-01-01T00:00:00.000Z',
      );
      into?.add({ stop, sql, world: worldJson(stage.world), images: imagesIn(folder) });
    };
    const { cutAfter } = given;
    if (cutAfter !== undefined && count === Number.POSITIVE_INFINITY)
      stage.world.faults.afterwards = (host: string, method: string) => {
        if (cutAfter.includes(`${host} ${method}`))
          add(`${records.length} ${records.at(-1)}, after ${method}`);
      };
    let stopped = false;
    const append = async (record: Any): Promise<void> => {
      stopped = records.length === count;
      if (stopped) throw new Error('stopped here');
      await store.operations.append(record);
      records.push(`${record.entry.kind} ${record.entry.step ?? ''}`.trim());
    };
    await drive(appending(stage, append), id).catch((error: unknown) => {
      if (!stopped) throw error;
    });
    await store.close();
    // The whole run is stopped nowhere but where it is cut.
    if (count !== Number.POSITIVE_INFINITY) add(`${records.length} ${records.at(-1)}`);
    return records;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Ids are the same in each run, so that the fixtures of a version differ in what was done and in nothing else. */
function countIds(): void {
  let made = 0;
  crypto.randomUUID = () => {
    made += 1;
    return `33333333-3333-4333-8333-${String(made).padStart(12, '0')}`;
  };
  syncBuiltinESMExports();
}

/** The same with a log that is written by other means. */
function appending(stage: FormerStage, append: (record: Any) => Promise<void>): FormerStage {
  const { store } = stage.services;
  const operations = overlaid(store.operations, { append, appendAll: undefined });
  return { ...stage, services: { ...stage.services, store: overlaid(store, { operations }) } };
}

/** An object with private fields, in which some things are others. */
function overlaid(target: Any, others: Readonly<Record<string, unknown>>): Any {
  return new Proxy(target, {
    get: (_, name) => {
      if (typeof name === 'string' && name in others) return others[name];
      const value = target[name];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** The bytes of the image library, base64, by the names of their files. */
function imagesIn(folder: string): Record<string, string> {
  const directory = join(folder, 'images', 'sha256');
  const paths = existsSync(directory) ? globSync('*', { cwd: directory }) : [];
  return Object.fromEntries(
    paths.map((path) => [basename(path), readFileSync(join(directory, path)).toString('base64')]),
  );
}
