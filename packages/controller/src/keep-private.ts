import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { StartError } from './start-error.ts';

const ofOthers = 0o077;
const sticky = 0o1000;

/**
 * Makes a directory its owner's alone (0700), also one that was there before. Throws a `StartError` for a directory of
 * everybody's, such as `/tmp`: shut, it would be of no use to the others any more.
 */
export function keepDirectoryPrivate(path: string, log: Logger): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  // Of what a link leads to: that is what is used, and what a change of the mode would change.
  const { mode } = statSync(path);
  if ((mode & sticky) !== 0)
    throw new StartError(
      'not-private',
      `The data directory ${path} has mode ${octal(mode)}: it is everybody's, and Ferry's database, tokens and images are to be seen by their owner alone. Name a directory of its own with --data-dir, for example ${join(path, 'ferry')}.`,
    );
  shut(path, mode, log);
}

/**
 * Takes from everybody but the owner what they may do with what lies in a directory, at any depth; links are neither
 * followed nor changed. The socket has its mode from whoever listens on it.
 */
export function keepFilesPrivate(directory: string, log: Logger): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (!entry.isDirectory() && !entry.isFile()) continue;
    shut(path, lstatSync(path).mode, log);
    if (entry.isDirectory()) keepFilesPrivate(path, log);
  }
}

/** Makes a file that is not there yet, empty and its owner's alone: SQLite gives the files beside a database its mode. */
export function makePrivateFile(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
}

function shut(path: string, mode: number, log: Logger): void {
  if ((mode & ofOthers) === 0) return;
  const after = mode & 0o700;
  const told = { path, mode: octal(mode), after: octal(after) };
  try {
    chmodSync(path, after);
    log.warn(told, "others on this machine could get at it: it is its owner's alone now");
  } catch (error) {
    log.error(
      { ...told, err: error },
      'others on this machine can get at it, and its mode cannot be changed',
    );
  }
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}
