import { Command, Help, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { type OutputFormat, outputFormats } from '../output/print.ts';

/** The options of every command that asks a controller. */
export type ClientOptions = {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly dataDir?: string | undefined;
  readonly cacert?: string | undefined;
  readonly output: OutputFormat;
};

/** How the default of an option is called that gathers what is given. */
export const nothingGiven = 'none';

/** A command that asks a controller: where it is, who asks, and the form of the answer. */
export function clientCommand(name: string): Command<[], ClientOptions> {
  return new Command(name)
    .exitOverride()
    .configureHelp({ optionDescription })
    .option('--url <url>', 'controller: https://host:port or unix:/path (FERRY_URL)')
    .option('--token <token>', 'who asks (FERRY_TOKEN, else the token file of the data directory)')
    .option('--cacert <file>', 'certificate authority of a controller that speaks TLS (FERRY_CACERT)')
    .option('--data-dir <path>', 'data directory of a controller on this machine (FERRY_DATA)')
    .addOption(
      new Option('-o, --output <format>', 'form of the answer')
        .choices(outputFormats)
        .default('table' as const),
    );
}

/** Of an option that may be given again, that nothing is given unless it is: that goes without saying. */
function optionDescription(option: Option): string {
  const isEmptyList = Array.isArray(option.defaultValue) && option.defaultValue.length === 0;
  return option.defaultValueDescription === nothingGiven || isEmptyList
    ? option.description
    : new Help().optionDescription(option);
}

/** A whole number that is at least so much. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`a whole number from ${least} is wanted.`);
    return value;
  };
}

/** `--accept`: somebody's word that an element of the domain is right on the target, which Ferry cannot tell. */
export function acceptOption(): Option<
  '--accept <element>',
  undefined,
  readonly string[],
  readonly string[]
> {
  return new Option(
    '--accept <element>',
    "an element of the domain's XML, as a finding names it, of which you know that it is right on the target; may be given again",
  )
    .argParser((text: string, before: readonly string[]): readonly string[] => {
      if (!/^[@\w]/.test(text))
        throw new InvalidArgumentError(
          'PATH or PATH=VALUE is wanted, for example devices/rng/backend=/dev/hwrng.',
        );
      return [...before, text];
    })
    .default([], nothingGiven);
}

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
