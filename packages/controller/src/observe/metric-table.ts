/** One metric: its type, what its samples are told apart by, and what it says. Names end with their base unit. */
export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, in the metric's unit. */
  readonly buckets?: readonly number[];
}

const moves = [1, 5, 15, 60, 300, 900, 3_600, 14_400] as const;
const pauses = [0.01, 0.03, 0.1, 0.3, 0.5, 1, 2, 5, 30, 120] as const;
const requests = [0.01, 0.05, 0.2, 1, 5, 30] as const;
const statements = [0.0005, 0.002, 0.01, 0.05, 0.2, 1, 5] as const;

/**
 * All metrics of a controller. None has a label that users, guests or requests can give values of their own: of hosts
 * alone there is a series each. Counters and histograms tell what this controller did since its start, and are to be added
 * up over several; gauges that say "in the database" are the same at all of them.
 */
export const metricTable = {
  ferry_build_info: {
    type: 'gauge',
    help: 'Always 1; the versions of Ferry and of Node that run.',
    labels: ['version', 'node'],
  },
  ferry_state_read: {
    type: 'gauge',
    help: 'Whether the figures that stand in the database could be read for this answer; 0: they are left out.',
    labels: [],
  },
  ferry_migrations: {
    type: 'gauge',
    help: 'Migrations that are not over, by kind and status; in the database.',
    labels: ['kind', 'status'],
  },
  ferry_migration_oldest_timestamp_seconds: {
    type: 'gauge',
    help: 'When the oldest of the migrations that are not over was accepted, by kind; none of a kind: no sample. In the database.',
    labels: ['kind'],
  },
  ferry_migrations_ended_total: {
    type: 'counter',
    help: 'Migrations that this controller brought to an end, by kind and last status.',
    labels: ['kind', 'status'],
  },
  ferry_migration_duration_seconds: {
    type: 'histogram',
    help: 'From the acceptance of a migration to its end, waits included.',
    labels: ['kind', 'status'],
    buckets: moves,
  },
  ferry_migration_transfer_duration_seconds: {
    type: 'histogram',
    help: 'What moving memory and disks took, of migrations that moved.',
    labels: ['kind'],
    buckets: moves,
  },
  ferry_migration_downtime_seconds: {
    type: 'histogram',
    help: 'How long guests stood still in migrations that moved, as the hypervisor counted it.',
    labels: ['kind'],
    buckets: pauses,
  },
  ferry_migration_transferred_bytes_total: {
    type: 'counter',
    help: 'Bytes that migrations that moved have sent, of memory and of disks.',
    labels: ['kind', 'of'],
  },
  ferry_migration_rate_bytes_per_second: {
    type: 'histogram',
    help: 'Bytes of a migration that moved by the time that moving them took.',
    labels: ['kind'],
    buckets: [1e6, 1e7, 3e7, 1e8, 3e8, 1e9, 3e9, 1e10],
  },
  ferry_claimed_memory_bytes: {
    type: 'gauge',
    help: 'Memory that moves and new instances have claimed on hosts and do not use yet; in the database.',
    labels: [],
  },
  ferry_forecasts_ended_total: {
    type: 'counter',
    help: 'Forecasts of migrations that this controller ended, by what they said and by how the migration ended.',
    labels: ['verdict', 'end'],
  },
  ferry_forecast_error_ratio: {
    type: 'histogram',
    help: 'How far a forecast (its P50) was from the fact, as a share of the fact; of migrations that converged by themselves.',
    labels: ['of'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2],
  },
  ferry_forecasts_in_range_total: {
    type: 'counter',
    help: 'Facts of migrations that converged by themselves, by whether they lay between P10 and P90 of the forecast.',
    labels: ['of', 'in_range'],
  },
  ferry_instances: {
    type: 'gauge',
    help: 'Instances by vm_state; in the database.',
    labels: ['vm_state'],
  },
  ferry_instances_with_fault: {
    type: 'gauge',
    help: 'Instances of which hosts show something else than the record (drift); in the database.',
    labels: [],
  },
  ferry_hosts: {
    type: 'gauge',
    help: 'Hosts by whether they answer, and by whether they take instances (enabled, disabled, maintenance); in the database.',
    labels: ['state', 'takes'],
  },
  ferry_host_up: {
    type: 'gauge',
    help: 'Whether a host answers.',
    labels: ['host'],
  },
  ferry_host_memory_bytes: {
    type: 'gauge',
    help: 'Memory of a host.',
    labels: ['host'],
  },
  ferry_host_memory_available_bytes: {
    type: 'gauge',
    help: 'Memory that a new guest could take on a host, as it said when it last answered.',
    labels: ['host'],
  },
  ferry_host_last_seen_timestamp_seconds: {
    type: 'gauge',
    help: 'When a host answered last.',
    labels: ['host'],
  },
  ferry_hosts_without_series: {
    type: 'gauge',
    help: 'Hosts beyond the first 2000 by name, of which there is no series of their own.',
    labels: [],
  },
  ferry_plans: {
    type: 'gauge',
    help: 'Plans by status; in the database.',
    labels: ['status'],
  },
  ferry_plan_steps: {
    type: 'gauge',
    help: 'Steps of plans that are carried out, by status; in the database.',
    labels: ['status'],
  },
  ferry_operations_open: {
    type: 'gauge',
    help: 'Operations for which something is left to do, by workflow; in the database.',
    labels: ['workflow'],
  },
  ferry_operations_free: {
    type: 'gauge',
    help: 'Open operations that no controller has a valid lease of; in the database.',
    labels: [],
  },
  ferry_operations_running: {
    type: 'gauge',
    help: 'Operations that this controller carries out now.',
    labels: [],
  },
  ferry_operations_waiting: {
    type: 'gauge',
    help: 'Operations of this controller that wait for a host or a person.',
    labels: [],
  },
  ferry_operation_runs_total: {
    type: 'counter',
    help: 'Runs of operations that came to rest here, by workflow and how: done, undone, blocked, undo-blocked, stopped.',
    labels: ['workflow', 'result'],
  },
  ferry_operation_run_duration_seconds: {
    type: 'histogram',
    help: 'How long a run of an operation took until it came to rest here.',
    labels: ['workflow'],
    buckets: moves,
  },
  ferry_operation_step_failures_total: {
    type: 'counter',
    help: 'Steps of operations, and their undos, that failed and were tried again, taken back or left blocked.',
    labels: ['workflow', 'step'],
  },
  ferry_leases_held: {
    type: 'gauge',
    help: 'Operations that this controller has a lease of.',
    labels: [],
  },
  ferry_leases_lost_total: {
    type: 'counter',
    help: 'Operations that this controller had to let go of, because its lease had ended.',
    labels: [],
  },
  ferry_round_duration_seconds: {
    type: 'histogram',
    help: 'How long the rounds took that a controller does again and again, each by its name.',
    labels: ['round'],
    buckets: [0.005, 0.05, 0.5, 5, 30],
  },
  ferry_round_failures_total: {
    type: 'counter',
    help: 'Rounds that failed; they are tried again.',
    labels: ['round'],
  },
  ferry_http_requests_total: {
    type: 'counter',
    help: 'Answered requests by API, method, route (as declared, not as asked) and status.',
    labels: ['api', 'method', 'route', 'status'],
  },
  ferry_http_request_duration_seconds: {
    type: 'histogram',
    help: 'From the head of a request to the end of its answer; streams of events are left out.',
    labels: ['api', 'route'],
    buckets: requests,
  },
  ferry_http_connections: {
    type: 'gauge',
    help: 'Connections of clients, those of consoles included.',
    labels: [],
  },
  ferry_database_statement_duration_seconds: {
    type: 'histogram',
    help: 'How long statements of the database took.',
    labels: [],
    buckets: statements,
  },
  ferry_database_statement_failures_total: {
    type: 'counter',
    help: 'Statements that the database refused or that were not answered; those that are tried again count each time.',
    labels: [],
  },
  ferry_audit_write_failures_total: {
    type: 'counter',
    help: 'Records that the audit log could not take; they stand in the log of the controller.',
    labels: [],
  },
  ferry_webhook_attempts_total: {
    type: 'counter',
    help: 'Attempts of this controller to tell webhooks of events, by outcome: delivered, failed, given-up.',
    labels: ['outcome'],
  },
  ferry_webhooks_failing: {
    type: 'gauge',
    help: 'Webhooks whose last attempt failed; in the database.',
    labels: [],
  },
  ferry_host_certificate_expiry_timestamp_seconds: {
    type: 'gauge',
    help: 'When a certificate of a host ends, by its use, as the doctor found it last; in the database.',
    labels: ['host', 'use'],
  },
  ferry_certificate_expiry_timestamp_seconds: {
    type: 'gauge',
    help: 'When a certificate ends: that of the APIs (api).',
    labels: ['certificate'],
  },
} as const satisfies Record<string, MetricDefinition>;

type MetricName = keyof typeof metricTable;

/** Names of the metrics of a type. */
export type NamesOf<Type extends MetricDefinition['type']> = {
  [Name in MetricName]: (typeof metricTable)[Name]['type'] extends Type ? Name : never;
}[MetricName];

/** A value for each label of a metric. */
export type LabelsOf<Name extends MetricName> = Readonly<
  Record<(typeof metricTable)[Name]['labels'][number], string>
>;

/** docs/reference/metrics.md: every metric of the table. */
export function metricsDocument(): string {
  const rows = Object.entries(metricTable).map(
    ([name, { type, help, labels }]: [string, MetricDefinition]) => {
      const cells = [`\`${name}\``, type, labels.map((label) => `\`${label}\``).join(', '), help];
      return `| ${cells.join(' | ')} |`;
    },
  );
  return `${introduction}\n| Metric | Type | Labels | What it says |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

const introduction = `# Metrics

Written by \`make reference\` from \`packages/controller/src/observe/metric-table.ts\`. How they are read, by whom, and what they are used for: [watching Ferry](../observe/README.md).

Durations are seconds, sizes bytes, times seconds since 1970. A histogram has \`_bucket\` (label \`le\`), \`_sum\` and \`_count\`. Beside these there are \`process_…\` and \`nodejs_…\`, which every Node process tells: processor time, memory, open files, lag of the event loop.
`;
