import { type ForecastInput, nothingLearned } from './forecast.ts';

export const mebibyte = 1024 * 1024;

/** Windows of a guest that changes `setMib·(1 − e^(−slope·t)) + lineMib·t` MiB in `t` seconds. */
export function windowsOf(setMib: number, slope: number, lineMib: number): ForecastInput['dirty'] {
  return {
    kind: 'measured',
    from: 'measured just now',
    windows: [1, 2, 5, 10].map((t) => ({
      windowMs: t * 1000,
      bytes: (setMib * (1 - Math.exp(-slope * t)) + lineMib * t) * mebibyte,
      resolutionBytes: (t * mebibyte) / 2,
    })),
  };
}

/** A guest of 1 GiB that writes nothing, over a link of 100 MiB/s that is known for sure. */
export function sampleForecastInput(more: Partial<ForecastInput> = {}): ForecastInput {
  return {
    memoryBytes: 1024 * mebibyte,
    memoryUsedBytes: 1024 * mebibyte,
    dirty: windowsOf(0, 0, 0),
    diskBytes: 0,
    diskWriteBytesPerSecond: null,
    compressionRatio: null,
    link: {
      kind: 'known',
      bytesPerSecond: { median: 100 * mebibyte, logSpread: 0 },
      from: 'a test',
    },
    capBytesPerSecond: null,
    downtimeLimitMs: 300,
    judgesByLink: false,
    postCopy: { possible: true },
    corrections: { ...nothingLearned, inflation: { median: 1, logSpread: 0 } },
    ...more,
  };
}
