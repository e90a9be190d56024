import { showBytes } from '../check/show-values.ts';
import type { ForecastInput, ForecastMeans } from './forecast.ts';
import { neededRate, neededThreshold, type PreCopySetting, runPreCopy, stallBytes } from './pre-copy.ts';
import { scaledWrites } from './dirty-curve.ts';

/** QEMU's most (`max-cpu-throttle`). */
const fullThrottle = 0.99;
/** Throttling a guest that hard for long is as bad as stopping it. */
const hardThrottle = 0.5;
/** No operator waits longer for a guest that stands still. */
const longestPauseMs = 2_000_000;

/** Each way to have a migration end that may be taken, and whether it would do, with the numbers. */
export function forecastMeans(input: ForecastInput, setting: PreCopySetting): ForecastMeans[] {
  return [
    moreBandwidth(input, setting),
    compression(input, setting),
    autoConverge(setting),
    postCopy(input, setting),
    longerPause(setting),
  ];
}

function moreBandwidth({ capBytesPerSecond }: ForecastInput, setting: PreCopySetting): ForecastMeans {
  const needed = neededRate(setting);
  const numbers = {
    neededBytesPerSecond: Math.round(needed),
    bytesPerSecond: Math.round(setting.rate),
    linkBytesPerSecond: Math.round(setting.linkRate),
  };
  const [takes, has, link] = [rate(needed), rate(setting.rate), rate(setting.linkRate)];
  const means = 'more-bandwidth';
  if (needed <= setting.rate)
    return {
      means,
      helps: true,
      because: `it takes ${takes} to end, and has ${has}: more is sooner`,
      numbers,
    };
  if (needed > setting.linkRate)
    return { means, helps: false, because: `it takes ${takes}, and the link carries ${link}`, numbers };
  const limit = capBytesPerSecond === null ? '' : `; the limit is ${rate(capBytesPerSecond)}`;
  return { means, helps: true, because: `it takes ${takes}, and the link carries ${link}${limit}`, numbers };
}

/** Sent `k` times smaller, memory goes as over a link `k` times as fast, as far as the processors keep up. */
function compression({ compressionRatio }: ForecastInput, setting: PreCopySetting): ForecastMeans {
  const needed = Math.max(1, neededRate(setting) / setting.rate);
  const numbers = { neededRatio: twoDigits(needed) };
  const means = 'compression';
  const takes = `memory has to get ${twoDigits(needed)} times smaller`;
  if (needed <= 1)
    return {
      means,
      helps: null,
      because: 'it ends without; how small its memory gets is not known',
      numbers,
    };
  if (compressionRatio === null)
    return { means, helps: null, because: `${takes}; how small it gets is not known`, numbers };
  return {
    means,
    helps: compressionRatio >= needed,
    because: `${takes}, and gets ${twoDigits(compressionRatio)} times smaller`,
    numbers: { ...numbers, ratio: twoDigits(compressionRatio) },
  };
}

/**
 * A throttle `p` leaves `(1 − p)` of the writes. A small set that is written to very fast is full in each pass all the
 * same: 99 % did not do for 64 MiB over 20 MiB/s (measured with QEMU 7.2).
 */
function autoConverge(setting: PreCopySetting): ForecastMeans {
  const means = 'auto-converge';
  const doesAt = (throttle: number): boolean =>
    stallBytes({ ...setting, curve: scaledWrites(setting.curve, 1 - throttle) }) === 0;
  if (doesAt(0)) return { means, helps: true, because: 'it ends without', numbers: { throttle: 0 } };
  if (!setting.curve.isWriteRateKnown) {
    const because = `its working set of ${showBytes(setting.curve.workingSetBytes)} is full in the shortest window that can be measured: how fast it is written to is not known, and throttling it is unlikely to help`;
    return { means, helps: null, because, numbers: {} };
  }
  if (!doesAt(fullThrottle)) {
    const because = `at ${percent(fullThrottle)} throttle it still changes more than ${rate(setting.rate)} carries`;
    return { means, helps: false, because, numbers: { throttle: fullThrottle } };
  }
  let [low, high] = [0, fullThrottle];
  for (let step = 0; step < 20; step += 1) {
    const middle = (low + high) / 2;
    if (doesAt(middle)) high = middle;
    else low = middle;
  }
  const cost = high > hardThrottle ? ': the guest all but stands still for as long' : '';
  const because = `it takes a throttle of ${percent(high)}${cost}`;
  return { means, helps: true, because, numbers: { throttle: twoDigits(high) } };
}

/** The first pass, then a pause for the device state, then what was changed meanwhile is fetched. */
function postCopy({ postCopy: asked }: ForecastInput, setting: PreCopySetting): ForecastMeans {
  const means = 'post-copy';
  if (!asked.possible) return { means, helps: false, because: asked.because, numbers: {} };
  const firstMs = (setting.firstBytes / setting.rate) * 1000;
  const rest = Math.min(setting.memoryBytes, stallBytes(setting));
  const totalMs = Math.round(firstMs + (rest / setting.rate) * 1000 + setting.switchoverMs);
  const because = `it always ends: in about ${seconds(totalMs)}, with a pause of about ${Math.round(setting.switchoverMs)} ms; its pages come slower at first, and a link that breaks then costs its memory`;
  return { means, helps: true, because, numbers: { totalMs, downtimeMs: Math.round(setting.switchoverMs) } };
}

function longerPause(setting: PreCopySetting): ForecastMeans {
  const means = 'longer-pause';
  const threshold = neededThreshold(setting);
  if (threshold === null) {
    const because = `beside its working set it changes more than ${rate(setting.rate)} carries: each pass finds more`;
    return { means, helps: false, because, numbers: {} };
  }
  const judged = setting.judgesByLink ? setting.linkRate : setting.rate;
  // A little more than what would just not do.
  const limitMs = Math.ceil((threshold / judged) * 1000 * 1.05);
  const end = runPreCopy({ ...setting, downtimeLimitMs: Math.max(limitMs, setting.downtimeLimitMs) });
  if (limitMs > longestPauseMs || end.kind === 'stalls') {
    const because = `the pause would have to be longer than ${seconds(longestPauseMs)}`;
    return { means, helps: false, because, numbers: {} };
  }
  const downtimeMs = Math.round(end.downtimeMs);
  const numbers = { limitMs, downtimeMs };
  if (limitMs <= setting.downtimeLimitMs)
    return { means, helps: true, because: `${setting.downtimeLimitMs} ms do`, numbers };
  const because = `it takes a limit of ${limitMs} ms; the guest would stand still for about ${downtimeMs} ms`;
  return { means, helps: true, because, numbers };
}

const rate = (bytesPerSecond: number): string => `${showBytes(Math.round(bytesPerSecond))}/s`;
const percent = (share: number): string => `${Math.round(share * 100)} %`;
const seconds = (durationMs: number): string => `${Math.round(durationMs / 1000)} s`;
const twoDigits = (value: number): number => Math.round(value * 100) / 100;
