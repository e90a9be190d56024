/** The five letters by which PostgreSQL names an error; null for an error of another kind. */
export function sqlStateOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : null;
}

/** PostgreSQL's unique_violation. */
const uniqueViolation = '23505';
/** SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY. */
const sqliteCodes: ReadonlySet<unknown> = new Set([2067, 1555]);

/** Whether a write failed because there is a row with that name or key. */
export function isUniqueViolation(error: unknown): boolean {
  if (sqlStateOf(error) === uniqueViolation) return true;
  return error instanceof Error && 'errcode' in error && sqliteCodes.has(error.errcode);
}
