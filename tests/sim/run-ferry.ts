import { spawn } from 'node:child_process';
import type { Stage } from './world.ts';
import { ferryCommand } from '../ferry-command.ts';

/** Runs the command line on the controller's data directory, as a person on its machine would. */
export async function runFerry(
  stage: Stage,
  words: readonly string[],
  input = '',
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(ferryCommand, words, { env: { ...process.env, FERRY_DATA: stage.dataDirectory } });
  const printed = { out: '', err: '' };
  child.stdout.on('data', (part: Buffer) => (printed.out += part.toString('utf8')));
  child.stderr.on('data', (part: Buffer) => (printed.err += part.toString('utf8')));
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  return { code, ...printed };
}

/** Runs a command that goes on until it is left: types each answer when what it waits for has been printed. */
export async function talkToFerry(
  stage: Stage,
  words: readonly string[],
  talk: readonly { readonly when: string; readonly type: string }[],
): Promise<{ code: number | null; out: string }> {
  const child = spawn(ferryCommand, words, { env: { ...process.env, FERRY_DATA: stage.dataDirectory } });
  const left = [...talk];
  let out = '';
  const hear = (part: Buffer): void => {
    out += part.toString('utf8');
    for (let next = left[0]; next !== undefined && out.includes(next.when); next = left[0]) {
      child.stdin.write(next.type);
      left.shift();
    }
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const code = await new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  return { code, out };
}
