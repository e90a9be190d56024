import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from './start-error.ts';
import { type CopiedDatabase, CopyRefused, copyDatabase } from './store/schema/copy-database.ts';
import { takeDatabaseLock, databaseName } from './store/database/open-database.ts';

export { StartError };
export { databaseName } from './store/database/open-database.ts';

/**
 * Copies the database of a data directory to PostgreSQL; the one that is there stays as it is. Throws StartError `in-use`
 * or `no-database`; then nothing is left of the copy.
 */
export async function moveDatabase(dataDirectory: string, to: string): Promise<CopiedDatabase> {
  const file = join(dataDirectory, 'ferry.db');
  if (!existsSync(file))
    throw new StartError(
      'no-database',
      `${file} is not there: this data directory has no database of its own.`,
    );
  if (!/^postgres(?:ql)?:\/\//.test(to))
    throw new StartError(
      'no-database',
      `${to} is no address of PostgreSQL: postgres://user@host/name is wanted.`,
    );
  const lock = takeDatabaseLock(join(dataDirectory, 'ferry.lock'));
  if (lock === 'taken')
    throw new StartError(
      'in-use',
      `A controller runs on ${dataDirectory}, and what it writes meanwhile would be lost: stop it first (systemctl stop ferry).`,
    );
  try {
    return await copyDatabase(file, to);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const left =
      error instanceof CopyRefused ? 'nothing was changed' : 'it broke off, and nothing of it is left';
    throw new StartError('no-database', `${databaseName(to)}: ${why} (${left}).`, error);
  } finally {
    lock.release();
  }
}
