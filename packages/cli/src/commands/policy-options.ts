import type { PolicyBody } from '@ferry/api';
import { type Command, InvalidArgumentError, Option, type OptionValues } from '@commander-js/extra-typings';
import { wholeNumber } from './client-command.ts';

type Values = PolicyBody['values'];
const mebibyte = 1024 * 1024;

/** The values that a policy can say, as options. */
export type PolicyValueOptions = {
  readonly maxDowntime?: number | undefined;
  readonly deadline?: number | undefined;
  readonly bandwidth?: number | undefined;
  readonly maxBandwidth?: number | undefined;
  readonly link?: number | undefined;
  readonly parallel?: number | undefined;
  readonly compression?: Values['compression'] | undefined;
  readonly throttle?: readonly [number, number] | undefined;
  readonly postCopy?: Values['postCopy'] | undefined;
  readonly maxPause?: number | undefined;
  readonly whenStalled?: Values['whenStalled'] | undefined;
  readonly notice?: Values['notice'] | undefined;
  readonly noticeWait?: number | undefined;
  readonly whenUnanswered?: Values['whenUnanswered'] | undefined;
  readonly encryption?: Values['encryption'] | undefined;
  readonly priority?: number | undefined;
};

/** Adds an option for each value that a policy can say. */
export function addPolicyValueOptions<Args extends unknown[], Given extends OptionValues>(
  command: Command<Args, Given>,
): Command<Args, Given & PolicyValueOptions> {
  command
    .option('--max-downtime <ms>', 'downtime budget: longest pause at the switch-over', wholeNumber(0))
    .option('--deadline <s>', 'how long a live transfer may take', wholeNumber(0))
    .option('--bandwidth <MiB/s>', 'what a move begins with', wholeNumber(0))
    .option(
      '--max-bandwidth <MiB/s>',
      'up to which a transfer that does not converge is given more',
      wholeNumber(0),
    )
    .option(
      '--link <MiB/s>',
      'what the link between the hosts carries when nothing limits it: moves share it, and the budget is counted with it',
      wholeNumber(0),
    )
    .option('--parallel <connections>', 'connections that memory is sent over at once', wholeNumber(0))
    .addOption(
      new Option(
        '--compression <how>',
        'xbzrle: deltas of what is sent again; zstd: all, on parallel connections',
      ).choices(['none', 'xbzrle', 'zstd'] as const),
    )
    .option(
      '--throttle <first:most>',
      "slow the guest's processors down where it changes memory too fast, by so many percent at first and at most",
      readThrottle,
    )
    .addOption(
      new Option(
        '--post-copy <when-lost>',
        'let it run on the target before all of its memory is there; and when a fault then loses that: ask, or restart',
      ).choices(['never', 'ask', 'restart'] as const),
    )
    .option('--max-pause <ms>', 'how long the guest may be paused so that a transfer ends', wholeNumber(0))
    .addOption(
      new Option(
        '--when-stalled <what>',
        'done last about one that does not converge within its budget',
      ).choices(['wait', 'post-copy', 'pause', 'abort'] as const),
    )
    .addOption(
      new Option(
        '--notice <by>',
        'tell the guest before it moves live: by the program of `ferry serve --notice-hook`',
      ).choices(['none', 'hook'] as const),
    )
    .option('--notice-wait <s>', 'how long its answer is waited for; 60 unless said', wholeNumber(0))
    .addOption(
      new Option('--when-unanswered <what>', 'where it is not ready, or says nothing in time').choices([
        'go-on',
        'abort',
      ] as const),
    )
    .addOption(
      new Option(
        '--encryption <when>',
        'memory and disks go encrypted; where both hosts can unless said',
      ).choices(['where-possible', 'required', 'none'] as const),
    )
    .option('--priority <weight>', 'of its share of a link, 1 to 100; 10 unless said', wholeNumber(1));
  return command;
}

/** What was given; what was not is not said. */
export function policyValuesGiven(given: PolicyValueOptions): Values {
  const all = {
    maxDowntimeMs: given.maxDowntime,
    deadlineMs: given.deadline === undefined ? undefined : given.deadline * 1000,
    bandwidthBytesPerSecond: bytes(given.bandwidth),
    maxBandwidthBytesPerSecond: bytes(given.maxBandwidth),
    linkBytesPerSecond: bytes(given.link),
    parallelConnections: given.parallel,
    compression: given.compression,
    throttleFirstPercent: given.throttle?.[0],
    throttleMaxPercent: given.throttle?.[1],
    postCopy: given.postCopy,
    maxPauseMs: given.maxPause,
    whenStalled: given.whenStalled,
    notice: given.notice,
    noticeWaitMs: given.noticeWait === undefined ? undefined : given.noticeWait * 1000,
    whenUnanswered: given.whenUnanswered,
    encryption: given.encryption,
    priority: given.priority,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Values;
}

function bytes(mebibytes: number | undefined): number | undefined {
  return mebibytes === undefined ? undefined : mebibytes * mebibyte;
}

function readThrottle(text: string): readonly [number, number] {
  const [first = '', most = '', ...more] = text.split(':');
  const percents = [first, most].map(Number);
  const [from = 0, to = 0] = percents;
  if (more.length > 0 || !percents.every((one) => Number.isInteger(one) && one >= 1 && one <= 99))
    throw new InvalidArgumentError('two percentages from 1 to 99 are wanted: FIRST:MOST, 20:60 for one.');
  return [from, to];
}
