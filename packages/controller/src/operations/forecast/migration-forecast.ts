import {
  type ControlState,
  describeForecast,
  describeRest,
  type Forecast,
  type ForecastEnd,
  type ForecastFacts,
  type ForecastInput,
  forecastRest,
  inflationOf,
  type Migration,
  type RunningForecast,
  type TransferProgress,
  type TransferState,
  windowsOfPasses,
} from '@ferry/model';
import type { StoredForecast } from '../../store/forecasts/forecast-store.ts';
import type { Store } from '../../store/store.ts';

/** What was said of a migration, what is said of it now, and what came of it. */
export interface MigrationForecast {
  readonly before: Forecast;
  /** In words, now: how long it still takes, or why it does not end. Empty once it is over. */
  readonly summary: string;
  /** Null as long as nothing was sent, and once it is over. */
  readonly now: RunningForecast | null;
  readonly end: { readonly kind: ForecastEnd; readonly facts: ForecastFacts } | null;
}

/** The forecast of a migration, anew from how it has gone so far; null where none was made. */
export async function migrationForecast(
  store: Store,
  { id, progress, finishedAt }: Migration,
): Promise<MigrationForecast | null> {
  const stored = await store.forecasts.of(id);
  if (stored === null) return null;
  const { input, forecast: before, passes, end } = stored;
  if (finishedAt !== null) return { before, summary: '', now: null, end };
  if (passes === null || progress === null)
    return { before, summary: describeForecast(before), now: null, end };
  const { state, control } = await store.transfers.of(id);
  const now = forecastRest(
    asTold(input, control),
    passes,
    progress,
    standsStill(state) ? 'stands-still' : 'runs',
  );
  return { before, summary: describeRest(now), now, end };
}

/** With what was changed since it began. */
function asTold(input: ForecastInput, control: ControlState | null): ForecastInput {
  const cap = control?.shareBytesPerSecond ?? control?.bandwidthBytesPerSecond ?? input.capBytesPerSecond;
  const downtimeLimitMs = Math.max(input.downtimeLimitMs, control?.downtimeMs ?? 0);
  return { ...input, capBytesPerSecond: cap, downtimeLimitMs };
}

/** Of a guest that is paused for its end, or runs on the target, nothing is changed any more at the source. */
const stillKinds: ReadonlySet<string> = new Set(['forced', 'paused', 'post-copy', 'resuming', 'arrived']);

function standsStill(state: TransferState | null): boolean {
  const base = state !== null && 'from' in state ? state.from : state;
  return base !== null && stillKinds.has(base.kind);
}

/** As near to its limit what went over a link tells of the limit alone. */
const limitedFrom = 0.9;

/**
 * Writes down what came of a migration of which there was a forecast. Doing it twice changes nothing. `progress`: of
 * one that came to its end, what the target counted. `networkGapMs`: as the guest's network saw it, where that was asked.
 */
export async function concludeForecast(
  store: Store,
  migrationId: string,
  how: 'moved' | 'aborted' | 'failed',
  progress: TransferProgress | null,
  networkGapMs: number | null = null,
): Promise<void> {
  const stored = await store.forecasts.of(migrationId);
  if (stored === null || stored.end !== null) return;
  const before = stored.input.dirty.kind === 'measured' ? stored.input.dirty.windows : [];
  const facts: ForecastFacts = {
    totalMs: progress?.elapsedMs ?? null,
    downtimeMs: progress?.downtimeMs ?? null,
    networkGapMs,
    bytes: progress === null ? null : progress.memoryBytes + progress.diskBytes,
    memory: memoryOf(stored, progress),
    inflation: stored.passes === null ? null : inflationOf(windowsOfPasses(stored.passes), before),
  };
  const rate = stored.passes?.rateBytesPerSecond ?? meanRate(facts);
  const cap = stored.input.capBytesPerSecond;
  // What one of several got of a link is no figure of it; what all of them sent is.
  const shared = stored.input.link.kind === 'known' && (stored.input.link.sharedWith ?? 0) > 0;
  const together = stored.passes?.togetherBytesPerSecond ?? null;
  const free =
    together !== null
      ? together
      : rate === null || shared || (cap !== null && rate >= cap * limitedFrom)
        ? null
        : rate;
  await store.forecasts.conclude(migrationId, await endOf(store, migrationId, how), facts, free);
}

/** Where the first pass was the only one, all that was sent was its. Disks are none of it. */
function memoryOf({ input, passes }: StoredForecast, progress: TransferProgress | null): number | null {
  if (input.memoryUsedBytes === null || input.diskBytes > 0) return null;
  const isOnlyPass = passes === null || passes.last.iteration <= 1;
  const sent = passes?.firstPassBytes ?? (isOnlyPass ? (progress?.memoryBytes ?? null) : null);
  return sent === null || sent <= 0 ? null : sent / input.memoryUsedBytes;
}

/** Of one that was over before it was looked at twice: all of it in all of its time. */
function meanRate({ bytes, totalMs }: ForecastFacts): number | null {
  return bytes === null || totalMs === null || totalMs <= 0 ? null : (bytes / totalMs) * 1000;
}

/** Within the pause that was agreed on, which the forecast counts with. */
const agreedKinds: ReadonlySet<string> = new Set(['switch-over', 'budget']);

/** Something else was tried, or changed by an operator, while it ran. */
function wasHelped({ tried, order, pausedAtMs }: ControlState): boolean {
  const more = tried.filter((means) => !agreedKinds.has(means));
  return more.length > 0 || order > 0 || pausedAtMs !== null;
}

const aloneKinds: ReadonlySet<string> = new Set(['connecting', 'precopy', 'arrived']);

/** One whose guest was paused for it, or ran ahead, did not converge by itself. */
async function endOf(
  store: Store,
  migrationId: string,
  how: 'moved' | 'aborted' | 'failed',
): Promise<ForecastEnd> {
  if (how !== 'moved') return how;
  const { state, control } = await store.transfers.of(migrationId);
  if (control !== null && wasHelped(control)) return 'forced';
  const base = state !== null && 'from' in state ? state.from : state;
  return base === null || aloneKinds.has(base.kind) ? 'converged' : 'forced';
}
