import type { GuestStatistics, HypervisorHost } from '@ferry/hypervisor';
import type { DirtyWindow, MemoryMeasurement } from '@ferry/model';
import type { Services } from '../engine/services.ts';

/** Seconds of each window. Several tell how the curve bends, which is what passes stall by. */
const windowsSeconds = [1, 2, 5, 10] as const;
/** Longest wait for one window beyond its length. */
const delayMs = 15_000;
const bytesPerKib = 1024;

/** What a guest was seen to do, or why nobody knows. */
export type Measured =
  | { readonly kind: 'measured'; readonly measurement: MemoryMeasurement }
  | { readonly kind: 'not-measured'; readonly because: string };

/**
 * Measures what a guest changes of its memory and writes to its disks, window after window, and keeps it for its profile. It
 * costs the guest next to nothing: some of its pages are hashed, none is protected.
 */
export async function measureInstance(
  { store, limits, log }: Services,
  instanceId: string,
  { guests }: HypervisorHost,
  signal?: AbortSignal,
): Promise<Measured> {
  const call = { signal, deadlineMs: limits.inspectMs };
  try {
    const before = { stats: await guests.statistics(instanceId, call), atMs: performance.now() };
    const windows: DirtyWindow[] = [];
    for (const seconds of windowsSeconds)
      windows.push(
        await guests.sampleDirtyPages(instanceId, seconds, { signal, deadlineMs: seconds * 1000 + delayMs }),
      );
    const after = { stats: await guests.statistics(instanceId, call), atMs: performance.now() };
    const { memoryUsedKib } = after.stats;
    const measurement: MemoryMeasurement = {
      at: store.now(),
      memoryUsedBytes: memoryUsedKib === null ? null : memoryUsedKib * bytesPerKib,
      windows,
      diskWriteBytesPerSecond: diskWrites(before, after),
    };
    await store.measurements.add(instanceId, measurement);
    return { kind: 'measured', measurement };
  } catch (error) {
    signal?.throwIfAborted();
    log.debug({ err: error, instance: instanceId }, 'a guest could not be measured');
    return { kind: 'not-measured', because: error instanceof Error ? error.message : String(error) };
  }
}

interface Reading {
  readonly stats: GuestStatistics;
  readonly atMs: number;
}

/** Of all its disks together; a guest that was started anew in between counts from nothing, and tells nothing. */
function diskWrites(before: Reading, after: Reading): number | null {
  const written = (reading: Reading): number =>
    reading.stats.disks.reduce((sum, { writeBytes }) => sum + writeBytes, 0);
  const [bytes, durationMs] = [written(after) - written(before), after.atMs - before.atMs];
  return bytes < 0 || durationMs <= 0 ? null : (bytes / durationMs) * 1000;
}
