import { type MemoryMeasurement, ratesByHour } from './dirty-profile.ts';

/** When a move begins that waits for the quiet part of its guest's day. */
export interface QuietMoment {
  /** UTC ISO 8601; in the past or now: at once. */
  readonly at: string;
  /** It is not waited for longer. UTC ISO 8601. */
  readonly before: string;
  /** What it was chosen by, for people. */
  readonly because: string;
}

const hourMs = 3_600_000;
const mebibyte = 1024 * 1024;
/** A later hour has to be quieter than an earlier one by so much to be waited for. */
const margin = 0.1;

/** An hour of the window, or what is left of the one that runs. */
interface Slot {
  readonly startMs: number;
  readonly hour: number;
  readonly bytesPerSecond: number;
}

/**
 * The quietest hour of a guest that begins before a time, by what was measured of it at each hour of the day (UTC); the first of
 * those that are about as quiet. Null: of none of these hours anything is known. ALMA (Baruchi et al.) starts moves at the right
 * moment of a workload's cycle, and saw them take 67 % less time with real applications.
 */
export function quietMoment(
  measurements: readonly MemoryMeasurement[],
  nowMs: number,
  beforeMs: number,
): QuietMoment | null {
  const rates = new Map(ratesByHour(measurements).map(({ hour, bytesPerSecond }) => [hour, bytesPerSecond]));
  const first = Math.floor(nowMs / hourMs) * hourMs;
  const slots: Slot[] = [];
  let hours = 0;
  for (let startMs = first; startMs < beforeMs; startMs += hourMs) {
    hours += 1;
    const hour = new Date(startMs).getUTCHours();
    const bytesPerSecond = rates.get(hour);
    if (bytesPerSecond !== undefined) slots.push({ startMs: Math.max(startMs, nowMs), hour, bytesPerSecond });
  }
  const least = Math.min(...slots.map(({ bytesPerSecond }) => bytesPerSecond));
  const chosen = slots.find(({ bytesPerSecond }) => bytesPerSecond <= least * (1 + margin));
  if (chosen === undefined) return null;
  const busiest = Math.max(...slots.map(({ bytesPerSecond }) => bytesPerSecond));
  const known = slots.length === hours ? `${hours}` : `${slots.length} of ${hours}`;
  return {
    at: new Date(chosen.startMs).toISOString(),
    before: new Date(beforeMs).toISOString(),
    because: `from ${clock(chosen.hour)} UTC on it changes ${rate(chosen.bytesPerSecond)}, and up to ${rate(busiest)} in the ${known} hours until then that were measured`,
  };
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}

function rate(bytesPerSecond: number): string {
  return `${(bytesPerSecond / mebibyte).toFixed(1)} MiB/s`;
}
