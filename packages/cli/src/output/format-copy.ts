import type { MigrationBody } from '@ferry/api';
import { formatBytes, formatDuration } from './units.ts';

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
