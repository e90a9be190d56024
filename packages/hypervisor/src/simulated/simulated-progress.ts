import type { TransferProgress } from '@ferry/model';
import type { SimulatedJob } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** The numbers of a simulated job. A step counts as 100 ms. */
export function progressOf(job: SimulatedJob, world: SimulatedWorld): TransferProgress {
  const elapsedMs = (world.steps - job.startedAtStep) * 100;
  return {
    elapsedMs,
    totalBytes: job.totalBytes,
    doneBytes: job.sentBytes,
    remainingBytes: job.totalBytes - job.sentBytes,
    memoryBytes: job.sentBytes,
    diskBytes:
      job.copiesDisks === true ? Math.floor((world.toldDiskBytes * job.sentBytes) / job.totalBytes) : 0,
    rateBytesPerSecond: Math.min(world.bytesPerStep * 10, job.capBytesPerSecond ?? Number.POSITIVE_INFINITY),
    dirtyBytesPerSecond: (world.hotSet?.bytesPerStep ?? world.dirtyBytesPerStep) * 10,
    iteration: job.iteration,
    expectedDowntimeMs: world.dirtyBytesPerStep > 0 ? 2_000 : 300,
    downtimeMs: job.sentBytes === job.totalBytes ? (job.downtimeMs ?? 100) : null,
    memoryRemainingBytes: job.totalBytes - job.sentBytes,
    throttlePercent: null,
  };
}
