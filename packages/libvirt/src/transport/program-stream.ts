import type { ChildProcessByStdio } from 'node:child_process';
import { Duplex, type Readable, type Writable } from 'node:stream';
import { startDeadline } from '../rpc/call-options.ts';

/** A program whose three streams are ours. */
export type PipedProgram = ChildProcessByStdio<Writable, Readable, Readable>;

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
