import type { MigrationBody } from '@ferry/api';
import { formatBytes, formatDuration } from './units.ts';

const barWidth = 20;

/** One line that tells how far a migration is: bar, bytes, rate, dirty rate, time left; or what it waits for. */
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
  if (progress.dirtyBytesPerSecond !== null)
    parts.push(`dirty ${formatBytes(progress.dirtyBytesPerSecond)}/s`);
  parts.push(timeLeft(migration), phase);
  return parts.filter((part) => part !== '').join('  ');
}

/** What remains over what the link gains on the guest; says so when it gains nothing. */
function timeLeft({ progress }: MigrationBody): string {
  if (progress === null || progress.rateBytesPerSecond === 0 || progress.remainingBytes === 0) return '';
  const gain = progress.rateBytesPerSecond - (progress.dirtyBytesPerSecond ?? 0);
  if (gain <= 0) return 'no end in sight: the guest dirties faster than the link carries';
  return `${formatDuration((progress.remainingBytes / gain) * 1000)} left`;
}
