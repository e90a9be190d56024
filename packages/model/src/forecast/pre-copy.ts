import { changedBytes, type DirtyCurve } from './dirty-curve.ts';

/** All that decides how pre-copy goes. Rates are bytes a second. */
export interface PreCopySetting {
  /** What is to be sent before the changed pages are asked for: memory in use, or what is left of a pass. */
  readonly firstBytes: number;
  /** Of a pass that has begun: how long ago. */
  readonly passBegunMs: number;
  /** The first pass goes through all memory, later ones through what was changed. */
  readonly isFirstPass: boolean;
  /** No pass is longer than this: all of the guest's memory. */
  readonly memoryBytes: number;
  readonly curve: DirtyCurve;
  /** While the guest runs. */
  readonly rate: number;
  /** While it stands still: a limit on the bandwidth holds for the passes alone (measured with QEMU 7.2 and 10.0). */
  readonly linkRate: number;
  /** What the hypervisor was told of the longest pause. */
  readonly downtimeLimitMs: number;
  /** Whether it judges by the link what fits into that; QEMU before 8.2, and later ones that are not told, take the rate of the passes. */
  readonly judgesByLink: boolean;
  /** What a switch-over costs beside memory: device state, the guest's stop and start. */
  readonly switchoverMs: number;
  /** How long QEMU sends before it looks at what is left: 50 ms, or 100 ms under a limit (`MAX_WAIT`, `BUFFER_DELAY`). */
  readonly chunkMs: number;
}

/** How pre-copy ends when nobody interferes. */
export type PreCopyEnd =
  | {
      readonly kind: 'converges';
      readonly totalMs: number;
      readonly downtimeMs: number;
      readonly bytes: number;
      readonly passes: number;
    }
  /** From some pass on each finds as much as the one before. */
  | { readonly kind: 'stalls'; readonly atBytes: number };

/** Longer than any real migration; the fixpoint has said before that it converges. */
const maxPasses = 3_000;

/** Bytes that may be left when the guest is stopped. */
function thresholdBytes({
  downtimeLimitMs,
  judgesByLink,
  rate,
  linkRate,
}: Pick<PreCopySetting, 'downtimeLimitMs' | 'judgesByLink' | 'rate' | 'linkRate'>): number {
  return ((judgesByLink ? linkRate : rate) * downtimeLimitMs) / 1000;
}

/**
 * Where passes stop getting shorter; 0: nowhere, it ends by itself.
 *
 * QEMU sends until `T` bytes are left, the most that fits into the pause, and asks then which pages were changed since. A
 * pass that begins with `V` bytes takes `(V − T)/R`, and the next one begins with `T + U((V − T)/R)`, less what of the
 * changed pages had not been sent anyhow: of a working set of `W` bytes that is `T/W`. Without `T` in it this is the
 * fixpoint `V = U(V/R)`. As `U` only ever flattens there is one such `V` above `T`, or none.
 */
export function stallBytes(setting: PreCopySetting): number {
  const { curve, rate, memoryBytes } = setting;
  const threshold = thresholdBytes(setting);
  const next = (bytes: number): number =>
    Math.min(memoryBytes, nextPass(curve, threshold, ((bytes - threshold) / rate) * 1000));
  if (threshold >= memoryBytes || gain(setting) >= 0) return 0;
  if (next(memoryBytes) >= memoryBytes) return memoryBytes;
  let [low, high] = [threshold, memoryBytes];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (next(middle) > middle) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * Bytes a second that a pass gains on the guest when little is left: below 0 it never comes down to `T`. What of the
 * working set has still to be sent can be changed again without harm, so that only the rest of the writes counts.
 */
function gain(setting: PreCopySetting): number {
  const { workingSetBytes, writeBytesPerSecond, backgroundBytesPerSecond } = setting.curve;
  const rest = workingSetBytes === 0 ? 0 : Math.max(0, 1 - thresholdBytes(setting) / workingSetBytes);
  return setting.rate - writeBytesPerSecond * rest - backgroundBytesPerSecond;
}

/**
 * The least rate of the passes at which it ends by itself, all else as it is. From `gain = 0`:
 * `R = w·(1 − T/W) + b`, where `T` grows with `R` unless the hypervisor judges by the link.
 */
export function neededRate(setting: PreCopySetting): number {
  const { workingSetBytes, writeBytesPerSecond, backgroundBytesPerSecond } = setting.curve;
  const writes = writeBytesPerSecond + backgroundBytesPerSecond;
  if (workingSetBytes === 0) return writes;
  const filled = writeBytesPerSecond / workingSetBytes;
  const { judgesByLink, linkRate, downtimeLimitMs } = setting;
  const pause = downtimeLimitMs / 1000;
  if (judgesByLink) return Math.max(backgroundBytesPerSecond, writes - filled * pause * linkRate);
  return Math.max(backgroundBytesPerSecond, writes / (1 + filled * pause));
}

/** How many bytes would have to be let stand when the guest is stopped, for it to end by itself; null: no number helps. */
export function neededThreshold(setting: PreCopySetting): number | null {
  const { workingSetBytes, writeBytesPerSecond, backgroundBytesPerSecond } = setting.curve;
  const spare = setting.rate - backgroundBytesPerSecond;
  if (spare <= 0) return null;
  return writeBytesPerSecond <= spare ? 0 : workingSetBytes * (1 - spare / writeBytesPerSecond);
}

/**
 * Pre-copy pass by pass, as QEMU does it (`migration_iteration_run`): it sends until less is left than fits into the
 * pause, then asks which pages were changed since it asked last; if with them it still fits, the guest is stopped.
 */
export function runPreCopy(setting: PreCopySetting): PreCopyEnd {
  const { curve, rate, linkRate, memoryBytes, switchoverMs } = setting;
  const stall = stallBytes(setting);
  if (stall > 0) return { kind: 'stalls', atBytes: stall };
  const threshold = thresholdBytes(setting);
  const chunk = (rate * setting.chunkMs) / 1000;
  let left = setting.firstBytes;
  let [elapsedMs, bytes] = [0, 0];
  for (let pass = 1; pass <= maxPasses; pass += 1) {
    const sent = Math.min(left, Math.max(0, Math.ceil((left - threshold) / chunk)) * chunk);
    const passMs = (sent / rate) * 1000;
    elapsedMs += passMs;
    bytes += sent;
    const windowMs = passMs + (pass === 1 ? setting.passBegunMs : 0);
    const found =
      pass === 1 && setting.isFirstPass
        ? afterFirst(setting, left - sent, windowMs)
        : nextPass(curve, left - sent, windowMs);
    left = Math.min(memoryBytes, found);
    if (left > threshold) continue;
    const downtimeMs = (left / linkRate) * 1000 + switchoverMs;
    return {
      kind: 'converges',
      totalMs: elapsedMs + downtimeMs,
      downtimeMs,
      bytes: bytes + left,
      passes: pass,
    };
  }
  return { kind: 'stalls', atBytes: left };
}

/** Bytes that the first pass finds: what it has not sent lies anywhere in memory, changed or not. */
function afterFirst({ curve, memoryBytes }: PreCopySetting, unsent: number, windowMs: number): number {
  const changed = Math.min(memoryBytes, changedBytes(curve, windowMs));
  return unsent + changed * (1 - unsent / memoryBytes);
}

/** Bytes that a later pass finds: what was not sent, which is of the working set, and what was changed meanwhile. */
function nextPass(curve: DirtyCurve, unsent: number, passMs: number): number {
  const { workingSetBytes } = curve;
  const changed = changedBytes(curve, passMs);
  if (workingSetBytes === 0) return unsent + changed;
  const hot = changed - (curve.backgroundBytesPerSecond * passMs) / 1000;
  return unsent + changed - hot * Math.min(1, unsent / workingSetBytes);
}
