import { DatabaseSync } from 'node:sqlite';

/** Held while a controller runs on a data directory. */
export interface DatabaseLock {
  release(): void;
}

/**
 * Takes the data directory for this process, or says that another has it.
 * An exclusive SQLite transaction on a file of its own: the kernel frees it with the process, also after SIGKILL,
 * so that no stale lock ever keeps a controller from starting.
 */
export function takeDatabaseLock(path: string): DatabaseLock | 'taken' {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    // SQLITE_BUSY: https://www.sqlite.org/rescode.html#busy
    if (error instanceof Error && 'errcode' in error && error.errcode === 5) return 'taken';
    throw error;
  }
  return { release: () => database.close() };
}
