import {
  type ControlState,
  describeForecast,
  describeRest,
  type Forecast,
  type ForecastEnd,
  type ForecastFacts,
  type ForecastInput,
  forecastRest,
  type Migration,
  type RunningForecast,
  type TransferState,
} from '@ferry/model';
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
