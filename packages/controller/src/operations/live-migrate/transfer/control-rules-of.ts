import {
  builtInPolicy,
  type ControlRules,
  type PolicyValues,
  policyValuesOf,
  type RuleSet,
  type TransferOrders,
  type TransferPolicy,
  defaultRules,
} from '@ferry/model';
import type { MoveInput } from '../../context/move-input.ts';
import type { Services } from '../../engine/services.ts';

/** What holds for a move: what it began with, and what operators have changed since. */
export function valuesOf({ policy, options }: MoveInput, orders: TransferOrders): PolicyValues {
  const { bandwidthBytesPerSecond, maxDowntimeMs, postCopy } = options;
  const began =
    policy === undefined
      ? { ...builtInPolicy, bandwidthBytesPerSecond, maxDowntimeMs, postCopy }
      : { ...policyValuesOf(policy), postCopy };
  return { ...began, ...orders.values };
}

/** What one look at a transfer is held to. */
export function transferPolicyOf(
  input: MoveInput,
  { limits, rules }: Pick<Services, 'limits' | 'rules'>,
  orders: TransferOrders,
  shareBytesPerSecond: number | null,
): TransferPolicy {
  const { strategy, options } = input;
  const coordinated = input.plan.form === 'coordinated';
  const postCopy = coordinated ? 'never' : options.postCopy;
  const values = valuesOf(input, orders);
  const of = (set: RuleSet): ControlRules => ({
    set,
    values,
    countsWithLink: (strategy?.availSwitchoverBytesPerSecond ?? null) !== null,
    firstDowntimeMs: strategy === undefined ? options.maxDowntimeMs : strategy.downtimeMs,
    xbzrleCacheBytes: strategy?.xbzrleCacheBytes ?? null,
    order: orders.serial,
    shareBytesPerSecond,
    canPostCopy: postCopy !== 'never',
  });
  return {
    postCopy,
    maxDowntimeMs: values.maxDowntimeMs,
    control: of(rules?.active ?? defaultRules),
    shadow: rules?.shadow == null ? null : of(rules.shadow),
    stallMs: limits.stallMs,
    connectMs: limits.prepareMs,
    unknownMs: limits.unknownMs,
  };
}
