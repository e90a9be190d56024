import type { PolicyKey, PolicyValues } from './policy-values.ts';

type Values = Partial<PolicyValues>;

/** A rule that values of one policy break together. */
interface Contradiction {
  readonly keys: readonly PolicyKey[];
  /** Null: it does not apply, or is kept. */
  readonly broken: (values: Values) => string | null;
}

/** Budgets that must be more than nothing, with why. */
const budgets = {
  maxDowntimeMs: 'at each switch-over the guest stands still for some milliseconds',
  deadlineMs: 'a transfer takes some seconds at least',
  maxPauseMs: 'a pause of no length brings nothing to its end; leave it out to have no pause',
  bandwidthBytesPerSecond: 'nothing would be sent; leave it out for no limit',
  maxBandwidthBytesPerSecond: 'nothing would be sent; leave it out for no more than it begins with',
  linkBytesPerSecond: 'a link that carries nothing moves nothing; leave it out when it is not known',
  noticeWaitMs: 'a guest that is told before it moves takes some time to answer; leave it out for a minute',
  parallelConnections: 'memory is sent over one connection at least; leave it out for the usual one',
} as const satisfies Partial<Record<PolicyKey, string>>;

/** Two values of which the first must not be more than the second. */
const bounds: readonly (readonly [PolicyKey, PolicyKey])[] = [
  ['bandwidthBytesPerSecond', 'maxBandwidthBytesPerSecond'],
  ['bandwidthBytesPerSecond', 'linkBytesPerSecond'],
  ['maxBandwidthBytesPerSecond', 'linkBytesPerSecond'],
  ['throttleFirstPercent', 'throttleMaxPercent'],
  ['maxDowntimeMs', 'maxPauseMs'],
  ['maxDowntimeMs', 'deadlineMs'],
  ['maxPauseMs', 'deadlineMs'],
];

const exclusive: readonly Contradiction[] = [
  {
    keys: ['whenStalled', 'postCopy'],
    broken: ({ whenStalled, postCopy = 'never' }) =>
      whenStalled === 'post-copy' && postCopy === 'never'
        ? 'whenStalled is post-copy, and postCopy is never: allow it (postCopy ask or restart), or choose wait, pause or abort'
        : null,
  },
  {
    keys: ['whenStalled', 'maxPauseMs'],
    broken: ({ whenStalled, maxPauseMs = null }) =>
      whenStalled === 'pause' && maxPauseMs === null
        ? 'whenStalled is pause, and maxPauseMs is not set: a pause takes a bound'
        : null,
  },
  {
    keys: ['parallelConnections', 'postCopy'],
    broken: ({ parallelConnections, postCopy }) =>
      isSet(parallelConnections) && isSet(postCopy) && postCopy !== 'never'
        ? `parallelConnections is ${parallelConnections}, and postCopy is ${postCopy}: QEMU before 10.1 does not do both; choose one`
        : null,
  },
  {
    keys: ['parallelConnections', 'compression'],
    broken: ({ parallelConnections = null, compression }) => {
      if (compression === 'xbzrle' && parallelConnections !== null)
        return `compression is xbzrle, and parallelConnections is ${parallelConnections}: QEMU sends deltas over one connection only; choose zstd, or one connection`;
      if (compression === 'zstd' && parallelConnections === null)
        return 'compression is zstd, and parallelConnections is not set: QEMU compresses with zstd on parallel connections only; set it, 1 will do';
      return null;
    },
  },
  {
    keys: ['throttleFirstPercent', 'throttleMaxPercent'],
    broken: ({ throttleFirstPercent: first = null, throttleMaxPercent: most = null }) =>
      (first === null) === (most === null)
        ? null
        : `${first === null ? 'throttleMaxPercent' : 'throttleFirstPercent'} is ${first ?? most}, and ${first === null ? 'throttleFirstPercent' : 'throttleMaxPercent'} is not set: throttling takes both bounds`,
  },
];

/**
 * All that is wrong with the values of a policy, each with the values: budgets of nothing, bounds upside down, what excludes
 * each other. Where all values are given (what holds for a move), what is not set counts as such; `partial`: of one policy,
 * whose missing halves others may say.
 */
export function policyProblems(values: Values, { partial = false } = {}): string[] {
  const empty = Object.entries(budgets).flatMap(([key, why]) =>
    values[key as PolicyKey] === 0 ? [`${key} is 0: ${why}`] : [],
  );
  const upsideDown = bounds.flatMap(([low, high]) => {
    const [least, most] = [values[low], values[high]];
    if (typeof least !== 'number' || typeof most !== 'number' || least <= most) return [];
    return [`${low} is ${least}, which is more than ${high}, ${most}`];
  });
  const together = exclusive
    .filter(({ keys }) => !partial || keys.every((key) => values[key] !== undefined))
    .flatMap(({ broken }) => broken(values) ?? []);
  return [...empty, ...upsideDown, ...together];
}

function isSet<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
