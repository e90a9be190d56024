import type {
  ForecastBody,
  ForecastErrorsBody,
  ForecastReportBody,
  MemoryProfileBody,
  MigrationForecastBody,
} from '@ferry/api';
import { formatFields, formatTable } from './table.ts';
import { formatBytes, formatDuration } from './units.ts';

const helpMarks = { true: 'would help', false: 'would not help', null: 'not known' } as const;

/** The answer to `ferry forecast`. */
export function formatForecastReport(report: ForecastReportBody): string {
  const { instance, sourceHost, targetHost, summary, forecast } = report;
  return [`${instance}: ${sourceHost} -> ${targetHost}`, '', summary, '', formatForecast(forecast)].join(
    '\n',
  );
}

/** What a forecast says beside its sentence: what would help, and what it was made from. */
function formatForecast({ means, basis, likelihood }: ForecastBody): string {
  const rows = means.map(({ means: what, helps, because }) => [
    what,
    helpMarks[String(helps) as keyof typeof helpMarks],
    because,
  ]);
  const table = [{ heading: 'MEANS' }, { heading: 'WOULD IT HELP' }, { heading: 'BECAUSE' }];
  const likely = likelihood === null ? [] : [`likely to end by itself: ${percent(likelihood)}`, ''];
  return [
    ...likely,
    ...(rows.length === 0 ? [] : [formatTable(table, rows), '']),
    'made from:',
    ...basis.map((line) => `  ${line}`),
  ].join('\n');
}

/** A migration's forecast among its fields: while it runs what is said now, afterwards both beside each other. */
export function forecastFields(forecast: MigrationForecastBody | null | undefined): [string, string][] {
  if (forecast === null || forecast === undefined) return [];
  const { before, summary, end } = forecast;
  if (end === null) return summary === '' ? [] : [['forecast', summary]];
  const { totalMs, downtimeMs, bytes } = before;
  const said = before.verdict.kind === 'not-known' ? 'not known beforehand' : before.verdict.kind;
  const fields: [string, string][] = [['forecast', `${said}; it ${endWords[end.kind]}`]];
  if (totalMs.p50 !== null)
    fields.push(
      ['  time', besides(totalMs, end.facts.totalMs, formatDuration)],
      ['  pause', besides(downtimeMs, end.facts.downtimeMs, formatDuration)],
      ['  sent', besides(bytes, end.facts.bytes, formatBytes)],
    );
  const { networkGapMs = null } = end.facts;
  if (networkGapMs !== null)
    fields.push(['  no answer', `for ${formatDuration(networkGapMs)}, as its network saw it`]);
  return fields;
}

const endWords = {
  converged: 'converged by itself',
  forced: 'was helped to its end',
  aborted: 'was aborted',
  failed: 'failed',
} as const;

function besides(
  { p10, p50, p90 }: ForecastBody['totalMs'],
  fact: number | null,
  format: (value: number) => string,
): string {
  const show = (value: number | null): string => (value === null ? '-' : format(value));
  return `${show(p50)} (${show(p10)} to ${show(p90)}) was said, ${show(fact)} it was`;
}

/** The answer to `ferry forecast report`. */
export function formatForecastErrors({ migrations, ends }: ForecastErrorsBody): string {
  if (migrations === 0) return 'No migration with a forecast has ended yet.';
  const rows = ends
    .filter(({ count }) => count > 0)
    .flatMap(({ end, count, verdictRight, totalMs, downtimeMs, bytes }) =>
      (
        [
          ['time', totalMs, formatDuration],
          ['pause', downtimeMs, formatDuration],
          ['bytes', bytes, formatBytes],
        ] as const
      ).map(([what, spread, format], index) => [
        index === 0 ? end : '',
        index === 0 ? String(count) : '',
        index === 0 ? share(verdictRight) : '',
        what,
        String(spread.count),
        share(spread.p50),
        share(spread.p90),
        spread.absoluteP90 === null ? '-' : format(spread.absoluteP90),
        share(spread.within),
      ]),
    );
  const unseen = ends
    .filter(({ unseenMs }) => unseenMs.count > 0)
    .map(
      ({ end, unseenMs: { count: probed, p50, p90 } }) =>
        `${end}: of ${probed} that were probed, the network saw the guest away for ${ms(p50)} longer than its hypervisor counted (P50; P90 ${ms(p90)})`,
    );
  const table = formatTable(
    [
      { heading: 'END' },
      { heading: 'COUNT', align: 'right' },
      { heading: 'VERDICT RIGHT', align: 'right' },
      { heading: 'OF' },
      { heading: 'COMPARED', align: 'right' },
      { heading: 'ERROR P50', align: 'right' },
      { heading: 'ERROR P90', align: 'right' },
      { heading: 'P90 ITSELF', align: 'right' },
      { heading: 'WITHIN P10-P90', align: 'right' },
    ],
    rows,
  );
  return [table, ...unseen].join('\n');
}

/** The answer to `ferry forecast profile`. */
export function formatMemoryProfile({ instance, measurements, latest, hours }: MemoryProfileBody): string {
  const fields: [string, string][] = [
    ['instance', instance],
    ['measurements', String(measurements)],
    ['latest', latest ?? '-'],
  ];
  if (hours.length === 0) return formatFields(fields);
  const rows = hours.map(({ hour, measurements: count, bytesPerSecond }) => [
    `${String(hour).padStart(2, '0')}:00`,
    String(count),
    `${formatBytes(bytesPerSecond)}/s`,
  ]);
  const table = formatTable(
    [
      { heading: 'HOUR (UTC)' },
      { heading: 'MEASUREMENTS', align: 'right' },
      { heading: 'CHANGES', align: 'right' },
    ],
    rows,
  );
  return `${formatFields(fields)}\n\n${table}`;
}

const ms = (value: number | null): string => (value === null ? '-' : `${Math.round(value)} ms`);
const percent = (part: number): string => `${Math.round(part * 100)} %`;
const share = (part: number | null): string => (part === null ? '-' : percent(part));
