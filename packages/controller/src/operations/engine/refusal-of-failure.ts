import { sqlStateOf } from '../../store/database/atomically.ts';
import { Refusal } from './refusal.ts';

/** Codes of the system and of the database's client for a server that is not reached, or not any more. */
const awayCodes: ReadonlySet<string> = new Set([
  'database-silent',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
]);
/** PostgreSQL's classes 08 (connection exception) and 53 (insufficient resources), and its words while it starts or stops. */
const awayStates = /^(?:08|53|57P0[123])/;

/**
 * A failure of a request as a refusal, where its reason is known to be outside of the controller: a host's failures are
 * refusals where they are met, so that a connection that breaks here is the database's. Null for all others.
 */
export function refusalOfFailure(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
    const away = awayCodes.has(code) || awayStates.test(sqlStateOf(cause) ?? '');
    // pg's own words for a connection that ended under a query have no code.
    if (away || cause.message.startsWith('Connection terminated'))
      return new Refusal('database-away', `The database does not answer: ${cause.message}.`, [], error);
  }
  return null;
}
