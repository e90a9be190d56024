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
