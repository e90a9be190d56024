import type { ForecastRecord, Migration, MigrationKind, MigrationStatus } from '@ferry/model';
import type { ObservedHost, ObservedState } from '../store/observed-state-store.ts';
import type { StoreObserver } from '../store/store-observer.ts';
import type { ControllerMetrics } from './controller-metrics.ts';

/** How migrations of each kind end. */
const ends: Readonly<Record<MigrationKind, readonly MigrationStatus[]>> = {
  'live-migration': ['completed', 'failed', 'cancelled'],
  'cold-migration': ['confirmed', 'reverted', 'error', 'cancelled'],
  evacuation: ['done', 'failed', 'cancelled'],
  rehearsal: ['completed', 'failed', 'cancelled'],
};

/** Makes metrics of what comes of the store's work. */
export function observeStore(metrics: ControllerMetrics): StoreObserver {
  for (const [kind, statuses] of Object.entries(ends))
    for (const status of statuses) metrics.count('ferry_migrations_ended_total', { kind, status }, 0);
  return {
    statement: (seconds, failed) => {
      metrics.observe('ferry_database_statement_duration_seconds', {}, seconds);
      if (failed) metrics.count('ferry_database_statement_failures_total', {});
    },
    migrationEnded: (migration) => migrationEnded(metrics, migration),
    forecastEnded: (record) => forecastEnded(metrics, record),
  };
}

function migrationEnded(metrics: ControllerMetrics, migration: Migration): void {
  const { kind, status, createdAt, finishedAt, result } = migration;
  metrics.count('ferry_migrations_ended_total', { kind, status });
  if (finishedAt !== null)
    metrics.observe(
      'ferry_migration_duration_seconds',
      { kind, status },
      Math.max(0, Date.parse(finishedAt) - Date.parse(createdAt)) / 1000,
    );
  if (result === null) return;
  const { elapsedMs, downtimeMs, memoryBytes, diskBytes } = result;
  metrics.observe('ferry_migration_transfer_duration_seconds', { kind }, elapsedMs / 1000);
  if (downtimeMs !== null) metrics.observe('ferry_migration_downtime_seconds', { kind }, downtimeMs / 1000);
  metrics.count('ferry_migration_transferred_bytes_total', { kind, of: 'memory' }, memoryBytes);
  metrics.count('ferry_migration_transferred_bytes_total', { kind, of: 'disk' }, diskBytes);
  if (elapsedMs > 0)
    metrics.observe(
      'ferry_migration_rate_bytes_per_second',
      { kind },
      ((memoryBytes + diskBytes) / elapsedMs) * 1000,
    );
}

const measures = { totalMs: 'total', downtimeMs: 'downtime', bytes: 'bytes' } as const;

function forecastEnded(metrics: ControllerMetrics, record: ForecastRecord): void {
  const { verdict, end, facts } = record;
  metrics.count('ferry_forecasts_ended_total', { verdict, end });
  // A forced one, or one that was aborted, is no test of a forecast of one that is left alone.
  if (end !== 'converged') return;
  for (const [measure, of] of Object.entries(measures) as [keyof typeof measures, string][]) {
    const { p10, p50, p90 } = record[measure];
    const fact = facts[measure];
    if (p50 === null || fact === null || fact <= 0) continue;
    metrics.observe('ferry_forecast_error_ratio', { of }, Math.abs(p50 - fact) / fact);
    const isIn = fact >= (p10 ?? 0) && fact <= (p90 ?? Number.POSITIVE_INFINITY);
    metrics.count('ferry_forecasts_in_range_total', { of, in_range: isIn ? 'yes' : 'no' });
  }
}

/** Of more hosts than these there is no series of their own. */
const hostSeries = 2_000;
/** Longest wait for the database: Prometheus gives an answer 10 s. */
const readMs = 3_000;

/** Has the gauges of what stands in the database read before each answer. Where it does not answer, they are left out. */
export function observeState(metrics: ControllerMetrics, read: () => Promise<ObservedState>): void {
  metrics.beforeAnswer(async () => {
    const late = new Promise<null>((resolve) => {
      setTimeout(() => resolve(null), readMs).unref();
    });
    const state = await Promise.race([read().catch(() => null), late]);
    metrics.set('ferry_state_read', {}, state === null ? 0 : 1);
    setState(metrics, state ?? nothing);
  });
}

const nothing: ObservedState = {
  migrations: [],
  claimedMemoryBytes: null,
  instances: [],
  hosts: [],
  plans: [],
  planSteps: [],
  operations: [],
  failingWebhooks: 0,
  certificates: [],
};

function setState(metrics: ControllerMetrics, state: ObservedState): void {
  const { migrations, claimedMemoryBytes, instances, plans, planSteps, operations } = state;
  const isKnown = claimedMemoryBytes !== null;
  metrics.setAll(
    'ferry_migrations',
    migrations.map(({ kind, status, count }) => [{ kind, status }, count]),
  );
  const oldest = new Map<string, number>();
  for (const { kind, oldestAt } of migrations)
    oldest.set(kind, Math.min(oldest.get(kind) ?? Number.POSITIVE_INFINITY, secondsOf(oldestAt)));
  metrics.setAll(
    'ferry_migration_oldest_timestamp_seconds',
    [...oldest].map(([kind, at]) => [{ kind }, at]),
  );
  metrics.setAll('ferry_claimed_memory_bytes', isKnown ? [[{}, claimedMemoryBytes]] : []);
  metrics.setAll(
    'ferry_instances',
    instances.map(({ vmState, count }) => [{ vm_state: vmState }, count]),
  );
  metrics.setAll('ferry_instances_with_fault', isKnown ? [[{}, sumOf(instances, 'faults')]] : []);
  metrics.setAll(
    'ferry_plans',
    plans.map(({ status, count }) => [{ status }, count]),
  );
  metrics.setAll(
    'ferry_plan_steps',
    planSteps.map(({ status, count }) => [{ status }, count]),
  );
  metrics.setAll(
    'ferry_operations_open',
    operations.map(({ workflow, count }) => [{ workflow }, count]),
  );
  metrics.setAll('ferry_operations_free', isKnown ? [[{}, sumOf(operations, 'free')]] : []);
  metrics.setAll('ferry_webhooks_failing', isKnown ? [[{}, state.failingWebhooks]] : []);
  metrics.setAll(
    'ferry_host_certificate_expiry_timestamp_seconds',
    state.certificates
      .slice(0, hostSeries)
      .map(({ host, use, notAfter }) => [{ host, use }, secondsOf(notAfter)]),
  );
  setHosts(metrics, state.hosts);
}

function setHosts(metrics: ControllerMetrics, hosts: readonly ObservedHost[]): void {
  const counts = new Map<string, number>();
  for (const { isUp, takes } of hosts) {
    const key = `${isUp ? 'up' : 'down'} ${takes}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  metrics.setAll(
    'ferry_hosts',
    [...counts].map(([key, count]) => {
      const [state = '', takes = ''] = key.split(' ');
      return [{ state, takes }, count];
    }),
  );
  const shown = hosts.slice(0, hostSeries);
  metrics.setAll(
    'ferry_host_up',
    shown.map(({ name, isUp }) => [{ host: name }, isUp ? 1 : 0]),
  );
  const ofHosts = (value: (host: ObservedHost) => number | null): [{ host: string }, number][] =>
    shown.flatMap((host) => {
      const known = value(host);
      return known === null ? [] : [[{ host: host.name }, known]];
    });
  metrics.setAll(
    'ferry_host_memory_bytes',
    ofHosts(({ memoryBytes }) => memoryBytes),
  );
  metrics.setAll(
    'ferry_host_memory_available_bytes',
    ofHosts(({ memoryAvailableBytes }) => memoryAvailableBytes),
  );
  metrics.setAll(
    'ferry_host_last_seen_timestamp_seconds',
    ofHosts(({ lastSeenAt }) => (lastSeenAt === null ? null : secondsOf(lastSeenAt))),
  );
  metrics.set('ferry_hosts_without_series', {}, hosts.length - shown.length);
}

function secondsOf(at: string): number {
  return Date.parse(at) / 1000;
}

function sumOf<Key extends string>(rows: readonly Readonly<Record<Key, number>>[], key: Key): number {
  return rows.reduce((sum, row) => sum + row[key], 0);
}

/** What a controller tells of itself. */
interface Observed {
  readonly version: string;
  readonly runner: { readonly runningCount: number; readonly waitingCount: number };
  readonly leases: { readonly heldCount: number };
  /** Of clients. */
  readonly connections: () => Promise<number>;
}

/** Has the gauges of what one controller is at read before each answer. */
export function observeController(
  metrics: ControllerMetrics,
  { version, runner, leases, connections }: Observed,
): void {
  metrics.set('ferry_build_info', { version, node: process.versions.node }, 1);
  metrics.beforeAnswer(async () => {
    metrics.set('ferry_operations_running', {}, runner.runningCount);
    metrics.set('ferry_operations_waiting', {}, runner.waitingCount);
    metrics.set('ferry_leases_held', {}, leases.heldCount);
    metrics.set('ferry_http_connections', {}, await connections());
  });
}
