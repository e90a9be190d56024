import { collectDefaultMetrics, Registry } from '@prometheus-io/client';

let registry: Registry | null = null;

/**
 * What every Node process tells by names that all dashboards know: `process_…`, and `nodejs_…` with the lag of the event
 * loop. They are the process's, however many controllers run in it; they are counted from the first question on.
 */
export function processMetrics(): Promise<string> {
  if (registry === null) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry.metrics();
}
