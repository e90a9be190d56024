/**
 * Of the tests on simulated hosts those that the gate runs on PostgreSQL as well, beside those of the store and of
 * `tests/postgres`. The others say the same on either database: what they prove lies above the store.
 */
export const postgresGateFiles: readonly string[] = [
  // Transactions: acceptance takes the instance, writes migration, claim and operation together; two moves at once.
  'tests/sim/moves.test.ts',
  // Leases and the log: what a crash left is taken over, finished or undone from rows of this database.
  'tests/sim/troubles.test.ts',
  // Events are numbered by the database: in the order of their commits, so that a follower misses none.
  'tests/sim/events.test.ts',
  // Drift and adoption are compare-and-set on rows: one that runs twice is settled once.
  'tests/sim/runs-twice.test.ts',
  // Identity: unique names, counted sign-ins and ends of tokens are statements of their own on each database.
  'tests/sim/identity.test.ts',
  // Creation claims room on hosts for several at once, together or not at all.
  'tests/sim/servers.test.ts',
  // A held migration is decided once, by a person or by the clock of the database.
  'tests/sim/held.test.ts',
];
