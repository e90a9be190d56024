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
