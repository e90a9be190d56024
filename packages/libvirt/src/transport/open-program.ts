import { spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { ClientError, type ClientErrorCode } from '../errors.ts';
import type { CallOptions } from '../rpc/call-options.ts';
import { attempt } from './attempt.ts';
import { type PipedProgram, programStream } from './program-stream.ts';

/** A program that leads to a daemon. */
export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  /** How its errors are called as long as nothing has come through. */
  readonly code: ClientErrorCode;
  /** What to do when it cannot be started, and when it ends before anything has come through. */
  readonly remedies: { readonly start: string; readonly early: string };
}

/** A program that runs. */
export interface OpenProgram {
  readonly stream: Duplex;
  /** Why nothing comes, as far as that is known; empty once something has come through. */
  readonly trouble: () => string;
}

/**
 * Starts a program without a shell; `where` is for messages. What it says on its standard error is kept for them. The
 * stream fails with ClientError: the program's code as long as nothing has come through, then `connection-closed`.
 */
export function openProgram(
  { file, args, code, remedies }: Program,
  where: string,
  options: CallOptions,
): Promise<OpenProgram> {
  return attempt(`No connection to ${where}`, options, ({ done, fail }) => {
    const program: PipedProgram = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const words = new LastWords();
    let cameThrough = false;
    program.stderr.on('data', (piece: Buffer) => words.hear(piece));
    const said = (): string => (words.text === '' ? 'it said nothing' : `it said "${words.text}"`);
    const whyEnded = (how: string): ClientError => {
      const what = cameThrough ? `The connection to ${where} broke` : `No connection to ${where}`;
      const remedy = cameThrough || remedies.early === '' ? '' : `. ${remedies.early}`;
      const message = `${what}: ${file} ended ${how}; ${said()}${remedy}`;
      return new ClientError(cameThrough ? 'connection-closed' : code, message, { mayHaveRun: true });
    };
    const stream = programStream(program, whyEnded);
    program.stdout.once('data', () => {
      cameThrough = true;
    });
    const trouble = (): string => (cameThrough ? '' : `nothing has come through ${file} yet; ${said()}`);
    program.once('spawn', () => done({ stream, trouble }));
    program.once('error', (cause) =>
      fail(code, `${file} cannot be started (${cause.message}). ${remedies.start}`, cause),
    );
    return (failed) => {
      if (failed) stream.on('error', () => undefined).destroy();
    };
  });
}

const keptBytes = 4_096;
const keptLines = 5;

/** Keeps the end of what a program says, for messages. */
class LastWords {
  #kept = Buffer.alloc(0);

  hear(piece: Uint8Array): void {
    this.#kept = Buffer.concat([this.#kept, piece]).subarray(-keptBytes);
  }

  /** The last lines on one, without what would steer a terminal; empty when nothing was said. */
  get text(): string {
    const lines = this.#kept.toString('utf8').split(/[\r\n]+/);
    const plain = lines.map((line) => line.replaceAll(/[\p{Cc}\p{Cf}]/gu, '').trim());
    return plain
      .filter((line) => line !== '')
      .slice(-keptLines)
      .join(' / ');
  }
}
