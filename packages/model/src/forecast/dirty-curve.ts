/** Unique bytes that a guest was seen to change in one window, by sampling its pages. */
export interface DirtyWindow {
  readonly windowMs: number;
  readonly bytes: number;
  /** Half of the step that the measurement counts in: QEMU tells whole MiB a second. */
  readonly resolutionBytes: number;
}

const mebibyte = 1024 * 1024;

/** A window as hypervisors tell it: whole MiB a second, rounded down. */
export function sampledWindow(mebibytesPerSecond: number, seconds: number): DirtyWindow {
  const resolutionBytes = (mebibyte * seconds) / 2;
  const least = mebibytesPerSecond * mebibyte * seconds;
  return { windowMs: seconds * 1000, bytes: least === 0 ? 0 : least + resolutionBytes, resolutionBytes };
}

/**
 * How many different bytes a guest changes within a time: `U(t) = W·(1 − e^(−w·t/W)) + b·t`. Writes at random into a
 * working set hit the same pages again and again, so that the curve flattens at the size of the set; what is written
 * beside it, once each, adds a line. (The first term is the expected number of different pages of so many random writes;
 * migrations converge or stall by it and not by a rate: Liu et al., HPDC'11, and Akoush et al., MASCOTS'10, use the line
 * alone.)
 */
export interface DirtyCurve {
  /** W: bytes that are changed again and again. */
  readonly workingSetBytes: number;
  /** w: how fast the working set is written to, bytes a second. */
  readonly writeBytesPerSecond: number;
  /** b: bytes a second that are changed beside it. */
  readonly backgroundBytesPerSecond: number;
  /** False: the set was full within the shortest window, so that `w` is at least what is told, and may be any more. */
  readonly isWriteRateKnown: boolean;
}

/** A curve, and how well it fits what was measured: standard deviation of the logarithm of measured over fitted. */
export interface FittedCurve extends DirtyCurve {
  readonly logSpread: number;
}

/** A guest that changes nothing. */
export const noWrites: DirtyCurve = {
  workingSetBytes: 0,
  writeBytesPerSecond: 0,
  backgroundBytesPerSecond: 0,
  isWriteRateKnown: true,
};

/** Different bytes that are changed within so many milliseconds. */
export function changedBytes(curve: DirtyCurve, durationMs: number): number {
  const seconds = durationMs / 1000;
  const { workingSetBytes, writeBytesPerSecond, backgroundBytesPerSecond } = curve;
  const hot =
    workingSetBytes === 0
      ? 0
      : workingSetBytes * -Math.expm1((-writeBytesPerSecond * seconds) / workingSetBytes);
  return hot + backgroundBytesPerSecond * seconds;
}

/** The same guest writing so many times as much: its set is as large, and full sooner. */
export function scaledWrites(curve: DirtyCurve, factor: number): DirtyCurve {
  return {
    ...curve,
    writeBytesPerSecond: curve.writeBytesPerSecond * factor,
    backgroundBytesPerSecond: curve.backgroundBytesPerSecond * factor,
  };
}

/** Slopes of the set that are tried: how often a second all of it is written to. */
const slowest = 0.02;
const fastest = 8;
const slopes = 40;
/** What page sampling misses or counts twice, as a share of what it tells. */
const relativeError = 0.1;
/** Of a set that is full to 98 % in the shortest window nobody knows how fast it is filled. */
const fullAt = 0.98;

/**
 * The curve through what was measured: for each slope the best set and line by weighted least squares, neither below
 * zero; the slope that fits best. Null where nothing was measured. One window gives a line: how far it goes on nobody
 * knows, and a line is the larger one.
 */
export function fitDirtyCurve(windows: readonly DirtyWindow[]): FittedCurve | null {
  const usable = windows.filter(({ windowMs }) => windowMs > 0);
  if (usable.length === 0) return null;
  if (usable.every(({ bytes }) => bytes <= 0)) return { ...noWrites, logSpread: 0 };
  const line = fitAt(0, usable);
  if (usable.length === 1) return finished(line, usable);
  const coarse = bestOf(slopesFrom(slowest, fastest, slopes), usable);
  const step = (fastest / slowest) ** (1 / (slopes - 1));
  const fine = bestOf(slopesFrom(coarse.slope / step, coarse.slope * step, slopes), usable);
  // A tie goes to the line: the curve has to earn its bend.
  return finished(fine.error < line.error - 1e-9 ? fine : line, usable);
}

/** A curve that may be the guest's, and up to which share of what is likely. */
interface LikelyCurve {
  readonly curve: FittedCurve;
  readonly until: number;
}

/**
 * All curves that may be meant by what was measured, steeper ones later, each with as much room in [0, 1] as it is likely:
 * of few windows that were sampled several bends fit about as well. `e^(−χ²/2)`, with the same errors as the fit.
 */
export function likelyCurves(windows: readonly DirtyWindow[]): LikelyCurve[] {
  const usable = windows.filter(({ windowMs }) => windowMs > 0);
  const best = fitDirtyCurve(usable);
  if (best === null) return [];
  if (usable.length === 1 || best.workingSetBytes + best.backgroundBytesPerSecond === 0)
    return [{ curve: best, until: 1 }];
  const fits = [
    fitAt(0, usable),
    ...slopesFrom(slowest, fastest, slopes).map((slope) => fitAt(slope, usable)),
  ];
  const least = Math.min(...fits.map(({ error }) => error));
  const weights = fits.map(({ error }) => Math.exp((least - error) / 2));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  let until = 0;
  return fits.map((fit, index) => {
    until += (weights[index] ?? 0) / sum;
    return { curve: finished(fit, usable), until };
  });
}

/** The one at a share of what is likely. */
export function curveAt(curves: readonly LikelyCurve[], share: number): FittedCurve | null {
  return (curves.find(({ until }) => share < until) ?? curves.at(-1))?.curve ?? null;
}

interface Fit {
  readonly slope: number;
  readonly setBytes: number;
  readonly lineBytes: number;
  readonly error: number;
}

function slopesFrom(low: number, high: number, count: number): number[] {
  const step = Math.log(high / low) / (count - 1);
  return Array.from({ length: count }, (_, index) => low * Math.exp(step * index));
}

function bestOf(tried: readonly number[], windows: readonly DirtyWindow[]): Fit {
  const fits = tried.map((slope) => fitAt(slope, windows));
  return fits.reduce((best, one) => (one.error < best.error ? one : best));
}

/** Least squares of `W·x + b·t` with `x = 1 − e^(−slope·t)`; a slope of 0 is the line alone. */
function fitAt(slope: number, windows: readonly DirtyWindow[]): Fit {
  const points = windows.map(({ windowMs, bytes, resolutionBytes }) => ({
    x: slope === 0 ? 0 : -Math.expm1((-slope * windowMs) / 1000),
    t: windowMs / 1000,
    y: bytes,
    weight: 1 / Math.max(1, resolutionBytes, bytes * relativeError) ** 2,
  }));
  const sum = (of: (point: (typeof points)[number]) => number): number =>
    points.reduce((total, point) => total + point.weight * of(point), 0);
  const [xx, xt, tt] = [sum(({ x }) => x * x), sum(({ x, t }) => x * t), sum(({ t }) => t * t)];
  const [xy, ty] = [sum(({ x, y }) => x * y), sum(({ t, y }) => t * y)];
  const determinant = xx * tt - xt * xt;
  const choices: [number, number][] = [[0, Math.max(0, ty / tt)]];
  if (xx > 0) choices.push([Math.max(0, xy / xx), 0]);
  if (determinant > 1e-9 * xx * tt)
    choices.push([(xy * tt - ty * xt) / determinant, (ty * xx - xy * xt) / determinant]);
  const fits = choices
    .filter(([setBytes, lineBytes]) => setBytes >= 0 && lineBytes >= 0)
    .map(([setBytes, lineBytes]) => ({
      slope,
      setBytes,
      lineBytes,
      error: sum(({ x, t, y }) => (setBytes * x + lineBytes * t - y) ** 2),
    }));
  return fits.reduce((best, one) => (one.error < best.error ? one : best));
}

function finished({ slope, setBytes, lineBytes }: Fit, windows: readonly DirtyWindow[]): FittedCurve {
  const shortest = Math.min(...windows.map(({ windowMs }) => windowMs));
  const curve: DirtyCurve = {
    workingSetBytes: setBytes,
    writeBytesPerSecond: slope * setBytes,
    backgroundBytesPerSecond: lineBytes,
    isWriteRateKnown: setBytes === 0 || -Math.expm1((-slope * shortest) / 1000) < fullAt,
  };
  const squares = windows.map(({ windowMs, bytes, resolutionBytes }) => {
    const fitted = Math.max(1, resolutionBytes, changedBytes(curve, windowMs));
    return Math.log(Math.max(1, resolutionBytes, bytes) / fitted) ** 2;
  });
  const mean = squares.reduce((total, one) => total + one, 0) / squares.length;
  return { ...curve, logSpread: Math.sqrt(mean) };
}
