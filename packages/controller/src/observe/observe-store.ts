import type { ForecastRecord, Migration, MigrationKind, MigrationStatus } from '@ferry/model';
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
