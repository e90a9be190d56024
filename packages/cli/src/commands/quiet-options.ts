import { InvalidArgumentError, Option } from '@commander-js/extra-typings';

/** The next time at which a clock here shows HH:MM, UTC ISO 8601. */
export function nextTime(text: string, _former?: unknown, now = new Date()): string {
  const [, hour = '', minute = ''] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  if (hour === '' || Number(hour) > 23 || Number(minute) > 59)
    throw new InvalidArgumentError('a time of the day is wanted: HH:MM, 04:00 for one.');
  const next = new Date(now);
  next.setHours(Number(hour), Number(minute), 0, 0);
  if (next <= now) next.setDate(next.getDate() + 1);
  return next.toISOString();
}

/** When a move begins. */
export function atOption(): Option<'--at <when>', undefined, undefined, undefined, false, 'now' | 'quiet'> {
  return new Option(
    '--at <when>',
    "quiet: begin in the quietest hour of the guest's day before --before, as far as it was measured",
  ).choices(['now', 'quiet'] as const);
}

/** By when it begins at the latest. */
export function beforeOption(): Option<'--before <HH:MM>', undefined, undefined, string> {
  return new Option(
    '--before <HH:MM>',
    'with --at quiet: the local time by which it begins at the latest',
  ).argParser(nextTime);
}

/** What both options together ask for; `wrong`: what is wrong with them. */
export function quietBefore({
  at,
  before,
}: {
  readonly at?: 'now' | 'quiet' | undefined;
  readonly before?: string | undefined;
}): { readonly before: string | null } | { readonly wrong: string } {
  if (at === 'quiet' && before === undefined)
    return { wrong: '--at quiet takes --before HH:MM: by then it begins at the latest' };
  if (at !== 'quiet' && before !== undefined) return { wrong: '--before is for --at quiet' };
  return { before: before ?? null };
}
