import type { NewPlanBody } from '@ferry/api';
import { type Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { clientCommand, type ClientOptions, wholeNumber } from './client-command.ts';

/** What every plan that is made can be told. */
export type PlanningOptions = ClientOptions & {
  readonly order: 'soonest-done' | 'soonest-each';
  readonly perSource?: number | undefined;
  readonly perTarget?: number | undefined;
  readonly perLink?: number | undefined;
  readonly atOnce?: number | undefined;
  readonly mayStop: string[];
  readonly mayShutDown: string[];
  readonly keepOneHostSpare?: true | undefined;
  readonly deadline?: string | undefined;
  /** Of an upgrade. */
  readonly hostsAtOnce?: number | undefined;
};

const again = (value: string, before: string[]): string[] => [...before, value];

/** A command that makes a plan. */
export function planningCommand(name: string): Command<[], PlanningOptions> {
  return clientCommand(name)
    .addOption(
      new Option('--order <order>', 'least time until all is done, or least mean time until each is away')
        .choices(['soonest-done', 'soonest-each'] as const)
        .default('soonest-done' as const),
    )
    .option('--per-source <n>', 'moves at once that leave a host', wholeNumber(1))
    .option('--per-target <n>', 'moves at once that come to a host', wholeNumber(1))
    .option('--per-link <n>', 'moves at once that send over a link', wholeNumber(1))
    .option('--at-once <n>', 'moves at once in all', wholeNumber(1))
    .option(
      '--may-stop <instance>',
      'may be stopped for a cold move, though it runs (repeatable)',
      again,
      [] as string[],
    )
    .option(
      '--may-shut-down <instance>',
      'may be shut down just before and started just after, though it runs (repeatable)',
      again,
      [] as string[],
    )
    .option('--keep-one-host-spare', 'leave memory enough free for the largest host to fail')
    .option(
      '--deadline <time>',
      'until when it is to be done, 04:00 or 2030-01-31T04:00:00Z; the plan says whether it can be',
      (text: string) => readDeadline(text),
    );
}

/** The plan that is asked for. */
export function newPlan(goal: NewPlanBody['goal'], options: PlanningOptions): NewPlanBody {
  const { perSource, perTarget, perLink, atOnce, keepOneHostSpare, deadline } = options;
  const limits = {
    ...(perSource === undefined ? {} : { perSource }),
    ...(perTarget === undefined ? {} : { perTarget }),
    ...(perLink === undefined ? {} : { perLink }),
    ...(atOnce === undefined ? {} : { fleet: atOnce }),
  };
  return {
    goal,
    order: options.order,
    limits,
    mayStop: options.mayStop,
    mayShutDown: options.mayShutDown,
    ...(options.hostsAtOnce === undefined ? {} : { hostsAtOnce: options.hostsAtOnce }),
    ...(keepOneHostSpare === true ? { keepOneHostSpare } : {}),
    ...(deadline === undefined ? {} : { deadline }),
  };
}

/** A time, or a time of day that comes next here; as UTC ISO 8601. */
export function readDeadline(text: string, now: Date = new Date()): string {
  const ofDay = /^(\d{1,2}):(\d{2})$/.exec(text);
  if (ofDay === null) {
    const ms = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(ms)) throw unreadable();
    return new Date(ms).toISOString();
  }
  const [hours, minutes] = [Number(ofDay[1]), Number(ofDay[2])];
  if (hours > 23 || minutes > 59) throw unreadable();
  const next = new Date(now);
  next.setHours(hours, minutes, 0, 0);
  if (next <= now) next.setDate(next.getDate() + 1);
  return next.toISOString();
}

function unreadable(): InvalidArgumentError {
  return new InvalidArgumentError('a time of day (04:00) or a time (2030-01-31T04:00:00Z) is wanted.');
}

/** A share: `70%`, or 0.7. */
export function readShare(text: string): number {
  const percent = /^(\d{1,3}(?:\.\d+)?)\s*%$/.exec(text);
  const share = percent === null ? Number(text) : Number(percent[1]) / 100;
  if (!(share > 0 && share <= 1)) throw new InvalidArgumentError('a share is wanted: 70% or 0.7.');
  return share;
}
