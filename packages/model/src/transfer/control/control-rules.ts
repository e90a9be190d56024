import type { PolicyValues } from '../../policy/policy-values.ts';

/** QEMU's own downtime limit when nobody sets one, milliseconds. */
export const defaultDowntimeMs = 300;
/** The longest that QEMU takes for one, milliseconds. */
const longestDowntimeMs = 2_000_000;
/** What a switch-over takes beside sending memory: state of the devices, and both ends of it; 17 to 90 ms on the lab. */
const switchOverMs = 50;

/** Numbers by which a transfer is judged. A set has a name, so that two can be told apart where both look at one transfer. */
export interface RuleSet {
  readonly name: string;
  /** By how much of it the memory that a pass has to send must become less to count as progress. */
  readonly marginShare: number;
  /** Passes without progress after which a transfer counts as stalled. */
  readonly stalledPasses: number;
  /** The same by time, milliseconds, for passes that are long: one of them must have been finished. */
  readonly stalledMs: number;
}

/** KubeVirt's numbers for long passes (40 s, 4 %), and three passes for short ones. */
export const defaultRules: RuleSet = {
  name: 'net-progress',
  marginShare: 0.04,
  stalledPasses: 3,
  stalledMs: 40_000,
};

/** All that there are, by name. `patient` waits twice as long before it calls a transfer stalled, `quick` half as long. */
export const ruleSets: readonly RuleSet[] = [
  defaultRules,
  { name: 'patient', marginShare: 0.02, stalledPasses: 6, stalledMs: 80_000 },
  { name: 'quick', marginShare: 0.08, stalledPasses: 2, stalledMs: 20_000 },
];

/** What a transfer is held to. */
export interface ControlRules {
  readonly set: RuleSet;
  readonly values: PolicyValues;
  /** The hypervisor counts its limit with the rate of the link (`bandwidth.avail.switchover`), and not with the one it sends at. */
  readonly countsWithLink: boolean;
  /** The downtime that it began with, milliseconds; null: the hypervisor's own. */
  readonly firstDowntimeMs: number | null;
  /** The cache for deltas that it began with, bytes; null: it sends none. */
  readonly xbzrleCacheBytes: number | null;
  /** How often an operator has changed what holds while it runs. */
  readonly order: number;
  /** Its share of the link, where other moves go over the same, bytes a second; null: none do. */
  readonly shareBytesPerSecond: number | null;
  /** Post-copy can be begun: the capability was asked for at the start. */
  readonly canPostCopy: boolean;
}

/** What the guest may stand still, milliseconds. */
export function budgetMs({ values }: ControlRules): number {
  return values.maxDowntimeMs ?? defaultDowntimeMs;
}

/** Bytes a second that the last of the memory goes with: QEMU's limit on bandwidth holds for pre-copy only. */
function switchOverRate({ values }: Pick<ControlRules, 'values'>, rateBytesPerSecond: number): number {
  return Math.max(values.linkBytesPerSecond ?? 0, rateBytesPerSecond);
}

/** How long the guest stands still when so much is left, milliseconds. */
export function downtimeOf(rules: ControlRules, leftBytes: number, rateBytesPerSecond: number): number {
  const rate = switchOverRate(rules, rateBytesPerSecond);
  return rate === 0 ? Number.POSITIVE_INFINITY : (leftBytes / rate) * 1000 + costMs(budgetMs(rules));
}

/**
 * What QEMU has to be told so that it switches over at a downtime, milliseconds. It compares what is left with limit × its
 * own rate, which is the cap where there is one, while the last of it goes at the rate of the link: so the limit grows by
 * link ÷ cap, unless it knows the link's. What a switch-over takes beside memory is taken off then. Where the link is not
 * known, the limit is the downtime.
 */
export function limitFor(
  { values, countsWithLink }: Pick<ControlRules, 'values' | 'countsWithLink'>,
  downtimeMs: number,
  capBytesPerSecond: number | null,
): number {
  const link = values.linkBytesPerSecond;
  if (link === null) return clamp(downtimeMs);
  const forMemory = downtimeMs - costMs(downtimeMs);
  if (countsWithLink || capBytesPerSecond === null) return clamp(forMemory);
  return clamp((forMemory * Math.max(link, capBytesPerSecond)) / capBytesPerSecond);
}

function costMs(downtimeMs: number): number {
  return Math.min(switchOverMs, downtimeMs / 2);
}

function clamp(limitMs: number): number {
  return Math.min(longestDowntimeMs, Math.max(1, Math.floor(limitMs)));
}
