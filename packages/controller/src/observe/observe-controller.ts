import type { ControllerMetrics } from './controller-metrics.ts';

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
