import type { MigrationBody } from '@ferry/api';
import { formatBytes, formatDuration } from './units.ts';

const barWidth = 20;

/** One line that tells how far a migration is: bar, bytes, rate, time left; or what it waits for. */
export function formatProgress(migration: MigrationBody): string {
  const { progress, phase, status } = migration;
  if (progress === null || progress.totalBytes === 0) return `${status}: ${phase}`;
  const share = Math.min(1, Math.max(0, 1 - progress.remainingBytes / progress.totalBytes));
  const filled = Math.round(share * barWidth);
  const parts = [
    `[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}] ${String(Math.floor(share * 100)).padStart(3)} %`,
    `${formatBytes(progress.doneBytes)} of ${formatBytes(progress.totalBytes)}`,
    `${formatBytes(progress.rateBytesPerSecond)}/s`,
  ];
  parts.push(migration.forecast?.summary ?? timeLeft(progress), phase);
  return parts.filter((part) => part !== '').join('  ');
}

/** Of files, which do not change while they are copied. Of a guest that runs only its forecast can tell. */
function timeLeft({
  dirtyBytesPerSecond,
  rateBytesPerSecond,
  remainingBytes,
}: NonNullable<MigrationBody['progress']>): string {
  if (dirtyBytesPerSecond !== null || rateBytesPerSecond === 0 || remainingBytes === 0) return '';
  return `${formatDuration((remainingBytes / rateBytesPerSecond) * 1000)} left`;
}

/** One copied file: how far it is, by which way and why, and what it took. */
export function formatCopy(copy: MigrationBody['copies'][number]): string {
  const { way, state, elapsedMs } = copy;
  const secrecy = way.kind === 'direct' ? (way.encrypted ? ', encrypted' : ', unencrypted') : '';
  const name = way.kind === 'direct' ? `straight to ${way.address}${secrecy}` : 'through the controller';
  const parts = [`${copy.path}: ${state === 'done' ? 'copied and verified' : 'not whole yet'}, ${name}`];
  if (copy.sentBytes > 0) parts.push(`${formatBytes(copy.sentBytes)} sent`);
  if (copy.compression !== null) parts.push(`as ${formatBytes(copy.wireBytes)} (${copy.compression})`);
  if (copy.resumedBytes > 0) parts.push(`${formatBytes(copy.resumedBytes)} was there already`);
  if (elapsedMs !== null) parts.push(`in ${formatDuration(elapsedMs)}`);
  return `${parts.join(', ')} [${way.because}]`;
}

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
