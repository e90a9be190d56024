import { type Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { clientCommand, type ClientOptions, wholeNumber } from './client-command.ts';

/** A command that lists: all, or so many from the beginning. */
export function listCommand(): Command<[], ClientOptions & { limit?: number }> {
  return clientCommand('list').option('--limit <n>', 'so many at most; all when not given', wholeNumber(1));
}

/** An option with one of these words. */
export function oneOfOption<const Flags extends string, const Word extends string>(
  flags: Flags,
  about: string,
  words: readonly Word[],
): Option<Flags, undefined, undefined, undefined, false, Word> {
  return new Option(flags, about).choices(words);
}

/** What of the options of a list is a filter: those that were given. */
export function givenOf<Filter extends object>(
  filter: Filter,
): {
  [Name in keyof Filter]?: Exclude<Filter[Name], undefined>;
} {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as never;
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time, or how long ago; as UTC ISO 8601. */
export function readSince(text: string): string {
  const ago = /^(\d{1,6})([mhd])$/.exec(text);
  const ms =
    ago === null
      ? Date.parse(/^\d{4}-\d{2}-\d{2}(T.*)?$/.test(text) ? text : 'none')
      : Date.now() - Number(ago[1]) * (unitMs[ago[2] ?? ''] ?? 0);
  if (!Number.isFinite(ms))
    throw new InvalidArgumentError(
      'a time (2030-01-31, 2030-01-31T12:00:00Z) or how long ago (90m, 24h, 7d) is wanted.',
    );
  return new Date(ms).toISOString();
}
