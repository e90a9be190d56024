import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { nothingGiven } from './client-command.ts';

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
