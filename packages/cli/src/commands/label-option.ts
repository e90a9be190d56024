import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { nothingGiven } from './client-command.ts';

type Labels = Readonly<Record<string, string>>;

/** `--label NAME=VALUE`: what an operator says of a host. */
export function labelOption(description: string): Option<'--label <name=value>', undefined, Labels, Labels> {
  return new Option('--label <name=value>', description)
    .argParser((text: string, before: Labels): Labels => {
      const [, name, value] = /^([A-Za-z0-9][\w./-]{0,62})=(.*)$/s.exec(text) ?? [];
      if (name === undefined || value === undefined)
        throw new InvalidArgumentError('NAME=VALUE is wanted, for example rack=a3.');
      return { ...before, [name]: value };
    })
    .default({}, nothingGiven);
}
