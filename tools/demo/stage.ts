import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { styleText } from 'node:util';

const ferry = join(import.meta.dirname, '../../packages/cli/bin/ferry');

/** Where the demo plays: real hosts, or simulated ones where there is no root. */
export interface Stage {
  /** libvirt URIs (or simulated ones) of compute11, compute12, compute13. */
  readonly hostUris: readonly string[];
  /** Data directory of the controller, for the command line. */
  readonly dataDirectory: string;
  /** A running guest; `local` disks stand on its host alone. */
  makeGuest(name: string, host: string, storage: 'local' | 'shared'): Promise<void>;
  /** Puts a stray file where a guest's disk would have to be written. */
  putStrayFile(guest: string, host: string): Promise<void>;
  removeStrayFile(guest: string, host: string): Promise<void>;
  /** How the guest proves that it lives, in words. */
  lifeSign(name: string): Promise<string>;
  down(): Promise<void>;
  /** What to tell people who keep it up; shows the dashboard where it stays. */
  hint(): string;
}

/** Tells what comes next. */
export function heading(text: string): void {
  process.stdout.write(`\n${styleText('bold', `== ${text}`)}\n`);
}

/** Runs the real command line and shows it; throws when its exit code is another than the expected one. */
export async function runFerry(stage: Stage, words: readonly string[], expected = 0): Promise<void> {
  process.stdout.write(`${styleText('cyan', `$ ferry ${words.join(' ')}`)}\n`);
  const env = { ...process.env, FERRY_DATA: stage.dataDirectory };
  const code = await new Promise<number | null>((resolve) => {
    spawn(ferry, [...words], { env, stdio: 'inherit' }).on('close', resolve);
  });
  if (code !== expected)
    throw new Error(`\`ferry ${words.join(' ')}\` ended with ${code}, ${expected} was expected`);
}
