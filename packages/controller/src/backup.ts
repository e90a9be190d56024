import { createHash } from 'node:crypto';
import {
  chownSync,
  chmodSync,
  constants,
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { pipeline } from 'node:stream/promises';
import { StartError } from './start-error.ts';
import { takeDatabaseLock } from './store/database/open-database.ts';

export { StartError };

/** What stands beside the database and cannot be made anew; images only where they are asked for. */
const besides = [
  'secret.key',
  'admin.token',
  'operator.token',
  'reader.token',
  'admin.password',
  'hosts.yaml',
];
const databaseName = 'ferry.db';
const manifestName = 'manifest.json';
const maxManifestBytes = 16 * 1024 * 1024;

/** What a backup holds. */
export interface BackupManifest {
  readonly format: 1;
  readonly ferry: string;
  /** UTC ISO 8601. */
  readonly at: string;
  /** Newest version of the schema that the database has. */
  readonly schema: string;
  /** SHA-256 of each file, by its path within the backup. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Copies a data directory as it is at one moment into a new directory that is its owner's alone; a controller may run
 * meanwhile. Throws StartError `bad-backup` where there is nothing to copy or something in the way; then nothing is left.
 */
export async function writeBackup(
  dataDirectory: string,
  into: string,
  {
    images,
    version,
    keyFile,
  }: { readonly images: boolean; readonly version: string; readonly keyFile: string | null },
): Promise<BackupManifest> {
  const database = join(dataDirectory, databaseName);
  if (!existsSync(database))
    throw bad(
      `${database} is not there: this data directory has no database of its own. One on PostgreSQL is backed up with pg_dump, and secret.key, tokens and images beside it`,
    );
  if (existsSync(into)) throw bad(`${into} is there already`);
  mkdirSync(dirname(into), { recursive: true, mode: 0o700 });
  // What was not finished is not taken for a backup; a name of its own, 0700, that nobody else has.
  const unfinished = mkdtempSync(`${into}.unfinished-`);
  try {
    const source = new DatabaseSync(database, { readOnly: true });
    try {
      await backup(source, join(unfinished, databaseName));
    } finally {
      source.close();
    }
    for (const name of besides) {
      const from = name === 'secret.key' && keyFile !== null ? keyFile : join(dataDirectory, name);
      if (existsSync(from)) copyFileSync(from, join(unfinished, name));
    }
    if (images) copyImages(join(dataDirectory, 'images'), join(unfinished, 'images'));
    const manifest: BackupManifest = {
      format: 1,
      ferry: version,
      at: new Date().toISOString(),
      schema: inOneFile(join(unfinished, databaseName)),
      files: await digests(unfinished),
    };
    writeFileSync(join(unfinished, manifestName), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
    for (const path of filesOf(unfinished)) chmodSync(path, 0o600);
    renameSync(unfinished, into);
    return manifest;
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Puts a backup into a data directory that has no database, after all of it was found whole. Throws StartError
 * `bad-backup` or `in-use`; then the directory is as it was.
 */
export async function restoreBackup(from: string, dataDirectory: string): Promise<BackupManifest> {
  const manifest = readManifest(from);
  const found = await digests(from);
  const wrong = Object.entries(manifest.files).filter(([path, digest]) => found[path] !== digest);
  if (wrong.length > 0)
    throw bad(
      `${wrong.map(([path]) => path).join(', ')} ${wrong.length === 1 ? 'is' : 'are'} not what was backed up (SHA-256)`,
    );
  if (manifest.files[databaseName] === undefined) throw bad(`${from} holds no database`);
  soundSchema(join(from, databaseName));
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const inTheWay = Object.keys(manifest.files).filter((path) => existsSync(join(dataDirectory, path)));
  if (inTheWay.length > 0)
    throw bad(
      `${dataDirectory} has ${inTheWay.slice(0, 5).join(', ')} already: nothing of another controller is written over. Move that directory away, or name another`,
    );
  const lock = takeDatabaseLock(join(dataDirectory, 'ferry.lock'));
  if (lock === 'taken')
    throw new StartError('in-use', `A controller runs on ${dataDirectory}: stop it first.`);
  const put: string[] = [];
  try {
    const { uid, gid } = statSync(dataDirectory);
    // The database last: without it the directory is nobody's yet.
    const paths = Object.keys(manifest.files).toSorted(
      (one, other) => Number(one === databaseName) - Number(other === databaseName),
    );
    for (const path of paths) {
      const to = join(dataDirectory, path);
      const folder = join(to, '..');
      if (!existsSync(folder)) {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        chownSync(folder, uid, gid);
      }
      // Made here or not at all: one that breaks off removes what it has made.
      copyFileSync(join(from, path), to, constants.COPYFILE_EXCL);
      put.push(to);
      chmodSync(to, 0o600);
      chownSync(to, uid, gid);
    }
  } catch (error) {
    // What stands there came just now: nothing of these names was there before.
    for (const path of put) rmSync(path, { force: true });
    throw error;
  } finally {
    lock.release();
  }
  return manifest;
}

function readManifest(from: string): BackupManifest {
  const file = join(from, manifestName);
  try {
    if (statSync(file).size > maxManifestBytes) throw new Error(`it has more than ${maxManifestBytes} bytes`);
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as BackupManifest;
    const paths = Object.keys(manifest.files);
    if (manifest.format !== 1) throw new Error(`its format is ${String(manifest.format)}, and 1 is known`);
    const outside = paths.find((path) => !/^(?:images\/)?[\w.-]+$/.test(path) || path.includes('..'));
    if (outside !== undefined) throw new Error(`it names ${outside}`);
    return manifest;
  } catch (cause) {
    throw bad(
      `${file} is no list of a backup: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    );
  }
}

/** Makes one file of a copy, which SQLite would read beside a log of its own: it can be checked where nobody may write. */
function inOneFile(file: string): string {
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA journal_mode = DELETE');
  } finally {
    database.close();
  }
  return soundSchema(file);
}

/** The newest version of the schema of a database that is whole; throws for one that is not. */
function soundSchema(file: string): string {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const [check] = database.prepare('PRAGMA integrity_check').all();
    if (check?.['integrity_check'] !== 'ok')
      throw bad(`the database in ${file} is damaged: ${String(check?.['integrity_check'])}`);
    const row = database.prepare('select max(name) as newest from kysely_migration').get();
    return String(row?.['newest']);
  } catch (cause) {
    if (cause instanceof StartError) throw cause;
    throw bad(
      `${file} is no database of Ferry: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    );
  } finally {
    database.close();
  }
}

function copyImages(from: string, to: string): void {
  if (!existsSync(from)) return;
  mkdirSync(to, { mode: 0o700 });
  // Sparse images stay so where the file system can share blocks; links are not followed.
  for (const entry of readdirSync(from, { withFileTypes: true }))
    if (entry.isFile()) copyFileSync(join(from, entry.name), join(to, entry.name));
}

async function digests(folder: string): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const path of filesOf(folder)) {
    const name = relative(folder, path);
    if (name === manifestName) continue;
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    all[name] = hash.digest('hex');
  }
  return all;
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

function bad(why: string, cause?: unknown): StartError {
  return new StartError('bad-backup', `${why}.`, cause);
}
