import type { DirtyWindow } from './dirty-curve.ts';
import { quantile } from './draws.ts';

/** What was measured of a guest at one time. */
export interface MemoryMeasurement {
  /** UTC ISO 8601. */
  readonly at: string;
  /** Memory that its hypervisor holds for it; null: not told. */
  readonly memoryUsedBytes: number | null;
  readonly windows: readonly DirtyWindow[];
  /** What it wrote to its disks meanwhile, bytes a second; null: not told. */
  readonly diskWriteBytesPerSecond: number | null;
}

/** What a forecast takes from all that was measured. */
export interface MemoryProfile {
  readonly windows: readonly DirtyWindow[];
  readonly memoryUsedBytes: number | null;
  readonly diskWriteBytesPerSecond: number | null;
  /** For people. */
  readonly from: string;
}

/** As new as this, the last measurement is what the guest does now. */
const freshMs = 15 * 60_000;
/** So far from its time of day a measurement still tells of it. */
const nearMs = 90 * 60_000;
const dayMs = 86_400_000;
/** So many of a time of day tell of that; fewer, and all are taken. */
const enoughNear = 3;
/** Which of several is taken: one that few are above. The quiet ones promise too much. */
const upper = 0.75;

/**
 * What a guest is expected to do at a time: what it was last seen to, where that was just now; else what it does at that time
 * of the day, taken from the busier ones; else from all there are. Null: it was never measured.
 */
export function profileAt(measurements: readonly MemoryMeasurement[], atMs: number): MemoryProfile | null {
  const known = measurements
    .filter(({ windows }) => windows.length > 0)
    .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
  const [latest] = known;
  if (latest === undefined) return null;
  const ageMs = atMs - Date.parse(latest.at);
  if (ageMs <= freshMs) return profileOf(latest, `measured ${minutes(ageMs)} ago`);
  const near = known.filter(({ at }) => timeOfDayApart(Date.parse(at), atMs) <= nearMs);
  const those = near.length >= enoughNear ? near : known;
  const sorted = those.toSorted((a, b) => amountOf(a) - amountOf(b));
  const chosen = sorted[Math.ceil(upper * (sorted.length - 1))] ?? latest;
  const what = those === near ? 'at this time of day' : 'at any time of day';
  return profileOf(
    chosen,
    `the busier of ${those.length} measurements ${what}, the last ${minutes(ageMs)} ago`,
  );
}

function profileOf(
  { windows, memoryUsedBytes, diskWriteBytesPerSecond }: MemoryMeasurement,
  from: string,
): MemoryProfile {
  return { windows, memoryUsedBytes, diskWriteBytesPerSecond, from };
}

/** By the longest window: it tells most of what a pass finds. */
function amountOf({ windows }: MemoryMeasurement): number {
  return Math.max(...windows.map(({ bytes }) => bytes));
}

function timeOfDayApart(one: number, other: number): number {
  const apart = Math.abs(one - other) % dayMs;
  return Math.min(apart, dayMs - apart);
}

function minutes(durationMs: number): string {
  const all = Math.max(0, Math.round(durationMs / 60_000));
  if (all < 120) return `${all} min`;
  return all < 48 * 60 ? `${Math.round(all / 60)} h` : `${Math.round(all / 60 / 24)} days`;
}

/** Rates of a guest by the hour of the day, UTC: bytes a second at the median of what was seen. */
export interface HourlyRate {
  readonly hour: number;
  readonly measurements: number;
  readonly bytesPerSecond: number;
}

/** How busy a guest is by the time of day, in the longest window that was measured each time. */
export function ratesByHour(measurements: readonly MemoryMeasurement[]): HourlyRate[] {
  const hours = new Map<number, number[]>();
  for (const { at, windows } of measurements) {
    const longest = windows.toSorted((a, b) => b.windowMs - a.windowMs)[0];
    if (longest === undefined) continue;
    const hour = new Date(at).getUTCHours();
    hours.set(hour, [...(hours.get(hour) ?? []), (longest.bytes / longest.windowMs) * 1000]);
  }
  return [...hours]
    .toSorted(([a], [b]) => a - b)
    .map(([hour, rates]) => ({
      hour,
      measurements: rates.length,
      bytesPerSecond:
        quantile(
          rates.toSorted((a, b) => a - b),
          0.5,
        ) ?? 0,
    }));
}

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
