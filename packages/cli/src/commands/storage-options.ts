import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { nothingGiven } from './client-command.ts';

type Names = Readonly<Record<string, string>>;

/** `--map-pool`: pools that disks are named by, by the target's name of them. */
export function mapPoolOption(): Option<'--map-pool <old=new>', undefined, Names, Names> {
  return new Option(
    '--map-pool <old=new>',
    'a storage pool that the target names otherwise; may be given again',
  )
    .argParser((text: string, before: Names): Names => {
      const match = /^([^=]+)=([^=]+)$/.exec(text);
      const [, from, to] = match ?? [];
      if (from === undefined || to === undefined)
        throw new InvalidArgumentError('OLD=NEW is wanted, for example images=vms.');
      return { ...before, [from]: to };
    })
    .default({}, nothingGiven);
}

/** `--map-path`: files, devices and directories, by where they are on the target. */
export function mapPathOption(): Option<'--map-path <old=new>', undefined, Names, Names> {
  return new Option(
    '--map-path <old=new>',
    'a directory, file or block device that is to be at another path on the target; may be given again',
  )
    .argParser((text: string, before: Names): Names => {
      const match = /^(\/[^=]+)=(\/[^=]+)$/.exec(text);
      const [, from, to] = match ?? [];
      if (from === undefined || to === undefined)
        throw new InvalidArgumentError('/OLD=/NEW is wanted, for example /images=/srv/images.');
      return { ...before, [from]: to };
    })
    .default({}, nothingGiven);
}

/** `--allow-directory`: where guests may have files on a host; all of them at once, in place of what was set. */
export function allowDirectoryOption(): Option<'--allow-directory <path>', undefined, readonly string[]> {
  return new Option(
    '--allow-directory <path>',
    'guests may have files in this directory and below it, beside where its pools and guests have them; may be given again, in place of what was set',
  ).argParser((text: string, before: unknown): readonly string[] => {
    if (!text.startsWith('/'))
      throw new InvalidArgumentError('A path from the root is wanted, for example /srv/images.');
    return [...(Array.isArray(before) ? (before as string[]) : []), text];
  });
}

/** `--define-pools`: whether a pool that the target lacks is defined there. */
export function definePoolsOption(): Option<'--define-pools'> {
  return new Option('--define-pools', 'define storage pools that the target lacks as they are at the source');
}

/** `--shared-device`: somebody's word that both hosts have the same block device. */
export function sharedDeviceOption(): Option<
  '--shared-device <path>',
  undefined,
  readonly string[],
  readonly string[]
> {
  return new Option(
    '--shared-device <path>',
    'a block device of which you know that both hosts have the same; may be given again',
  )
    .argParser((text: string, before: readonly string[]): readonly string[] => {
      if (!text.startsWith('/'))
        throw new InvalidArgumentError('A path is wanted, for example /dev/mapper/san-web.');
      return [...before, text];
    })
    .default([], nothingGiven);
}
