import type { TransferAction } from '../transfer-state.ts';
import { type ControlRules, limitFor } from './control-rules.ts';
import type { ControlState } from './control-state.ts';

/** What the hypervisor is to know of a transfer. */
export interface WantedOfHypervisor {
  /** Bytes a second; null: no limit. */
  readonly bandwidthBytesPerSecond: number | null;
  /** The limit that it compares with, milliseconds; null: its own. */
  readonly limitMs: number | null;
  /** Cache for deltas, bytes; null: as it began. */
  readonly xbzrleCacheBytes: number | null;
}

/** What this process has told it, or began it with; not set: nothing. */
export type ToldHypervisor = Partial<WantedOfHypervisor>;

/** What it is to know: the least of what was decided, what holds anyway, and the share of the link. */
export function wantedOf(state: ControlState, rules: ControlRules): WantedOfHypervisor {
  const { values } = rules;
  const limits = [state.bandwidthBytesPerSecond ?? values.bandwidthBytesPerSecond, state.shareBytesPerSecond];
  const given = limits.filter((one) => one !== null);
  const cap = given.length === 0 ? null : Math.min(...given);
  const downtimeMs = state.downtimeMs ?? rules.firstDowntimeMs;
  // One whose own limit holds is only told another where the rates make that another downtime.
  const limitMs = downtimeMs === null ? null : limitFor(rules, downtimeMs, cap);
  return { bandwidthBytesPerSecond: cap, limitMs, xbzrleCacheBytes: state.xbzrleCacheBytes ?? null };
}

/**
 * The next thing to tell it, one at a look. A limit that must become less is told before a bandwidth that becomes more: the
 * two together make the downtime, and between them it must not be more than it may.
 */
export function askedOfHypervisor(
  state: ControlState,
  rules: ControlRules,
  told: ToldHypervisor,
): TransferAction[] {
  const wanted = wantedOf(state, rules);
  const { limitMs } = wanted;
  const limitDiffers = limitMs !== null && limitMs !== told.limitMs;
  const setLimit: TransferAction[] = limitDiffers ? [{ kind: 'set-max-downtime', limitMs }] : [];
  if (limitDiffers && limitMs < (told.limitMs ?? Number.POSITIVE_INFINITY)) return setLimit;
  const cap = wanted.bandwidthBytesPerSecond;
  // Of one that was told nothing and is to have no limit, none was ever set.
  if (
    cap !== (told.bandwidthBytesPerSecond ?? null) ||
    (cap !== null && told.bandwidthBytesPerSecond === undefined)
  )
    return [{ kind: 'set-bandwidth', bytesPerSecond: cap }];
  if (limitDiffers) return setLimit;
  const cache = wanted.xbzrleCacheBytes;
  return cache === null || cache === told.xbzrleCacheBytes
    ? []
    : [{ kind: 'set-compression-cache', bytes: cache }];
}
