import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from '@prometheus-io/client';
import { type LabelsOf, type MetricDefinition, metricTable, type NamesOf } from './metric-table.ts';

/** The type of what `text` gives, as Prometheus asks for it. */
export const metricsContentType = Registry.PROMETHEUS_CONTENT_TYPE;

/** The metrics of one controller. Each is in the table; what is asked of another, or with other labels, is no program. */
export class ControllerMetrics {
  readonly #registry = new Registry();
  readonly #metrics = new Map<string, Counter<string> | Gauge<string> | Histogram<string>>();
  readonly #read: (() => Promise<void>)[] = [];

  constructor() {
    for (const [name, definition] of Object.entries(metricTable))
      this.#metrics.set(name, metricOf(name, definition, this.#registry));
  }

  /** Adds to a counter; 0 makes its series known, so that the first event is seen as a rise. */
  count<Name extends NamesOf<'counter'>>(name: Name, labels: LabelsOf<Name>, by = 1): void {
    (this.#metrics.get(name) as Counter<string>).inc(labels, by);
  }

  set<Name extends NamesOf<'gauge'>>(name: Name, labels: LabelsOf<Name>, value: number): void {
    (this.#metrics.get(name) as Gauge<string>).set(labels, value);
  }

  /** Sets all series of a gauge: those that are not among them are gone. */
  setAll<Name extends NamesOf<'gauge'>>(
    name: Name,
    series: readonly (readonly [LabelsOf<Name>, number])[],
  ): void {
    const gauge = this.#metrics.get(name) as Gauge<string>;
    const labels: readonly string[] = metricTable[name].labels;
    gauge.reset();
    for (const [those, value] of series) gauge.set(those, value);
    // Without labels a reset one is 0, and would be told.
    if (series.length === 0 && labels.length === 0) gauge.remove();
  }

  observe<Name extends NamesOf<'histogram'>>(name: Name, labels: LabelsOf<Name>, value: number): void {
    (this.#metrics.get(name) as Histogram<string>).observe(labels, value);
  }

  /** Has something read before each answer: it sets gauges, and throws nothing. */
  beforeAnswer(read: () => Promise<void>): void {
    this.#read.push(read);
  }

  /** All of them in Prometheus' text format, with those of the process. */
  async text(): Promise<string> {
    await Promise.all(this.#read.map((read) => read()));
    return `${await this.#registry.metrics()}\n${await processMetrics()}`;
  }
}

function metricOf(
  name: string,
  { type, help, labels, buckets }: MetricDefinition,
  registry: Registry,
): Counter<string> | Gauge<string> | Histogram<string> {
  const common = { name, help, labelNames: [...labels], registers: [registry] };
  switch (type) {
    case 'counter':
      return new Counter(common);
    case 'gauge':
      return new Gauge(common);
    case 'histogram':
      return new Histogram(buckets === undefined ? common : { ...common, buckets: [...buckets] });
  }
}

let registry: Registry | null = null;

/**
 * What every Node process tells by names that all dashboards know: `process_…`, and `nodejs_…` with the lag of the event
 * loop. They are the process's, however many controllers run in it; they are counted from the first question on.
 */
function processMetrics(): Promise<string> {
  if (registry === null) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry.metrics();
}
