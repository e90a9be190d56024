import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { Duplex, type Readable, type Writable } from 'node:stream';
import { ClientError, type ClientErrorCode } from '../errors.ts';
import { type CallOptions, startDeadline } from '../rpc/call-options.ts';
import { attempt } from './attempt.ts';

/** A program whose three streams are ours. */
type PipedProgram = ChildProcessByStdio<Writable, Readable, Readable>;

/** How long a program that shall end is let be before it is killed. */
const graceMs = 2_000;
/** How long its last words are waited for: a process that it left behind may hold the pipe open. */
const lastWordsMs = 250;

/**
 * The standard output and input of a program as one stream. When the program ends, all that it wrote is read first; then
 * the stream fails with `whyEnded`. When the stream is destroyed the program is ended, and `close` comes once it is gone.
 * Neither side is read faster than the other takes it.
 */
export function programStream(program: PipedProgram, whyEnded: (how: string) => Error): Duplex {
  const { stdin, stdout, stderr } = program;
  const stream = new Duplex({
    allowHalfOpen: false,
    read: () => void stdout.resume(),
    // A write that fails has no answer: that the program ended, and why, is told when its output has been read.
    write: (piece: Buffer, encoding, taken) =>
      void stdin.write(piece, encoding, (error) => (error ? undefined : taken())),
    final: (done) => void stdin.end(() => done()),
    destroy: (error, done) => {
      for (const pipe of [stdin, stdout, stderr]) pipe.destroy();
      program.kill('SIGTERM');
      whenGone(program, () => done(error));
    },
  });
  stdout.on('data', (piece: Buffer) => {
    if (!stream.push(piece)) stdout.pause();
  });
  const outputEnded = (): void =>
    whenGone(program, (how) =>
      whenSilent(stderr, () => {
        stream.once('end', () => stream.destroy(whyEnded(how)));
        stream.push(null);
      }),
    );
  stdout.once('end', outputEnded);
  stdout.on('error', () => stdout.destroy());
  stdin.on('error', () => whenGone(program, () => undefined));
  return stream;
}

/** Calls back with how a program has ended; ends it by force when it takes its time. */
function whenGone(program: PipedProgram, then: (how: string) => void): void {
  const { pid, exitCode, signalCode } = program;
  if (exitCode !== null || signalCode !== null) then(howEnded(exitCode, signalCode));
  else if (pid === undefined) then('before it began');
  else {
    const cancel = startDeadline(graceMs, () => program.kill('SIGKILL'));
    program.once('exit', (code, signal) => {
      cancel();
      then(howEnded(code, signal));
    });
  }
}

function howEnded(code: number | null, signal: string | null): string {
  return signal === null ? `with exit code ${code}` : `by ${signal}`;
}

/** Calls back once all has been said. */
function whenSilent(stderr: Readable, then: () => void): void {
  if (stderr.readableEnded || stderr.destroyed) {
    then();
    return;
  }
  let told = false;
  const tell = (): void => {
    cancel();
    if (!told) then();
    told = true;
  };
  const cancel = startDeadline(lastWordsMs, tell);
  stderr.once('close', tell);
}

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
