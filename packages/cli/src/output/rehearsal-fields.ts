import type { MigrationBody } from '@ferry/api';
import { formatBytes, formatDuration } from './units.ts';

/** What a rehearsal found, a line for each of its phases. */
export function rehearsalFields({
  rehearsal,
  phase: last,
}: Pick<MigrationBody, 'rehearsal' | 'phase'>): [string, string][] {
  if (rehearsal === null || rehearsal === undefined) return [];
  const { phases, link, kept, asBefore } = rehearsal;
  return [
    ...phases.map(({ phase, elapsedMs, says, problem }): [string, string] => [
      phase,
      `${formatDuration(elapsedMs)}: ${problem === null ? says : `FAILED: ${problem.message}\n  -> ${problem.remedy}`}`,
    ]),
    ['link', linkOf(link)],
    [
      'afterwards',
      asBefore ? 'both hosts are as before' : `nobody has seen that both hosts are as before: ${last}`,
    ],
    ...kept.map((what): [string, string] => ['kept', `${what}: something else needs it by now`]),
  ];
}

function linkOf(link: NonNullable<MigrationBody['rehearsal']>['link']): string {
  if (link.kind === 'not-measured') return `not measured: ${link.because}`;
  const { bytesPerSecond, bytes, elapsedMs, limited } = link;
  const rate = `${formatBytes(bytesPerSecond)}/s (${formatBytes(bytes)} in ${formatDuration(elapsedMs)})`;
  return limited ? `${rate}: its limit of bandwidth, and not the link` : rate;
}
