import { type MetricDefinition, metricTable } from './metric-table.ts';

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
