import { numberOf, type TypedParameter } from '@ferry/libvirt';
import type { TransferProgress } from '@ferry/model';

/** libvirt's job statistics as progress. Fields it does not give (yet) are zero or null. */
export function progressOf(params: readonly TypedParameter[]): TransferProgress {
  const number = (field: string): number => numberOf(params, field) ?? 0;
  const pageBytes = number('memory_page_size');
  const dirtyPages = numberOf(params, 'memory_dirty_rate');
  const memoryTotal = number('memory_total');
  const diskTotal = number('disk_total');
  const remainingBytes = number('memory_remaining') + number('disk_remaining');
  return {
    elapsedMs: number('time_elapsed'),
    totalBytes: memoryTotal + diskTotal,
    // Of what there is, not of what was sent: pages sent again count once.
    doneBytes: Math.max(0, memoryTotal + diskTotal - remainingBytes),
    remainingBytes,
    memoryBytes: number('memory_processed'),
    diskBytes: number('disk_processed'),
    zeroBytes: number('memory_constant') * pageBytes,
    rateBytesPerSecond: number('memory_bps') + number('disk_bps'),
    dirtyBytesPerSecond: dirtyPages === null ? null : dirtyPages * pageBytes,
    iteration: number('memory_iteration'),
    expectedDowntimeMs: null,
    downtimeMs: numberOf(params, 'downtime'),
    memoryRemainingBytes: number('memory_remaining'),
    throttlePercent: numberOf(params, 'auto_converge_throttle'),
    xbzrleCacheMisses: numberOf(params, 'compression_cache_misses'),
  };
}
