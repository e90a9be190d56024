import type { GuestStatistics, HypervisorHost } from '@ferry/hypervisor';
import type { DirtyWindow, Forecast, MemoryMeasurement, MoveRequest, Role } from '@ferry/model';
import { findInstance } from '../engine/find-instance.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { inspectMove } from '../facts/inspect-move.ts';
import { withPolicy } from '../policies/policy-of-move.ts';
import { forecastInspected } from './forecast-inspected.ts';

/** Seconds of each window. Several tell how the curve bends, which is what passes stall by. */
const windowsSeconds = [1, 2, 5, 10] as const;
/** Longest wait for one window beyond its length. */
const delayMs = 15_000;
const bytesPerKib = 1024;

/** What a guest was seen to do, or why nobody knows. */
type Measured =
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

/** What is said of a live migration that somebody thinks of. */
interface ForecastReport {
  readonly instance: string;
  readonly sourceHost: string;
  readonly targetHost: string;
  readonly forecast: Forecast;
}

/** Measures the guest now, which takes 18 s, and says what would become of the move. Nothing is moved, or changed. */
export async function forecastInstance(
  services: Services,
  role: Role,
  name: string,
  asked: MoveRequest,
): Promise<ForecastReport> {
  if (asked.kind !== 'live-migration')
    throw new Refusal(
      'bad-request',
      `A forecast is of a live migration, and this is a ${asked.kind}: nothing of its guest changes while it is copied.`,
    );
  const instance = await findInstance(services.store, name);
  const { request, policy } = await withPolicy(services, instance, asked);
  const host = await services.store.hosts.byNameOrId(instance.hostId);
  if (host === null)
    throw new Error(`host ${instance.hostId} of instance ${instance.id} is not in the store`);
  const measured =
    instance.powerState === 'running'
      ? await measureInstance(services, instance.id, services.hypervisor.host(host.uri))
      : ({ kind: 'not-measured', because: `it is ${instance.powerState}` } as const);
  const { input } = await inspectMove(services, role, request, instance);
  const because = measured.kind === 'measured' ? null : measured.because;
  const made = await forecastInspected(services, instance, input, policy, because);
  if (made === null)
    throw new Refusal(
      'checks-failed',
      `Nothing can be said of moving ${instance.name}: ${input.targetProblem ?? input.planProblem ?? `${host.name} does not tell what it is made of`}. \`ferry check\` tells all.`,
    );
  return {
    instance: instance.name,
    sourceHost: input.source.name,
    targetHost: input.target?.name ?? '',
    forecast: made.forecast,
  };
}
