import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { type CopyFailureCode, copyFailureCodes } from '@ferry/model';
import { CopyFailure } from '../contract/host-shell.ts';
import { judgeMessage, type ProgramText, readLines, readMessage } from './program-messages.ts';

interface Waiter {
  readonly key: string;
  resolve(value: unknown): void;
  reject(error: CopyFailure): void;
}

const beatMs = 5_000;
const silenceMs = 60_000;
/** How long a program whose input has ended is let be before its shell is ended. */
const graceMs = 2_000;
const keptWords = 2_000;
/** A message is some numbers and a digest. */
const longestLineBytes = 65_536;
/** What login scripts and the like may print beside messages. */
const maxNoiseBytes = 1024 * 1024;

/** What a Bourne shell ends with when it does not find a command. */
const commandNotFound = 127;

/** The copying program as it runs behind a shell: orders out, messages in, a JSON object a line. */
export class ProgramProcess {
  readonly #host: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiters: Waiter[] = [];
  readonly #heard = new Map<string, unknown>();
  readonly #beat: NodeJS.Timeout;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#fail('aborted', 'the copy was given up');
  #silence: NodeJS.Timeout | null = null;
  #failure: CopyFailure | null = null;
  #words = '';
  #noiseBytes = 0;
  /** Is told every reading of the link. */
  onProgress: (reading: unknown) => void = () => undefined;

  constructor(
    host: string,
    command: { readonly file: string; readonly args: readonly string[] },
    text: ProgramText,
    signal: AbortSignal | undefined,
  ) {
    this.#host = host;
    this.#signal = signal;
    this.#child = spawn(command.file, command.args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stdin.on('error', () => undefined);
    this.#child.stderr.on('data', (piece: Buffer) => {
      this.#words = (this.#words + piece.toString('utf8')).slice(-keptWords);
    });
    this.#child.on('error', (cause) => this.#fail('no-shell', `${command.file} cannot be started`, cause));
    this.#child.on('close', (code) => this.#ended(code));
    readLines(this.#child.stdout, {
      maxBytes: longestLineBytes,
      line: (line) => this.#hear(line),
      tooLong: () => this.#fail('other', `it has written a line of more than ${longestLineBytes} bytes`),
    });
    this.#beat = setInterval(() => this.tell({}), beatMs);
    this.#listenOn();
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (signal?.aborted === true) this.#onAbort();
    else this.#child.stdin.write(text.source);
  }

  tell(order: object): void {
    if (this.#child.stdin.writable) this.#child.stdin.write(`${JSON.stringify(order)}\n`);
  }

  /** The message of that name, heard already or still to come. Throws what ends the program before. */
  message(key: string): Promise<unknown> {
    if (this.#heard.has(key)) return Promise.resolve(this.#heard.get(key));
    if (this.#failure !== null) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ key, resolve, reject });
    });
  }

  /** Forgets what was heard by that name, which nobody waits for any more. */
  forget(key: string): void {
    this.#heard.delete(key);
  }

  /** Ends the program by ending its input; its shell is ended when it does not. */
  close(): void {
    this.#fail('aborted', 'the copy was given up');
  }

  #hear(line: string): void {
    this.#listenOn();
    const message = readMessage(line);
    // What a login script prints is none of ours.
    if (message === null) return this.#hearNoise(line);
    if (typeof message['failed'] === 'string')
      return this.#fail(codeOf(message['failed']), String(message['message']).slice(0, keptWords));
    for (const [key, value] of Object.entries(message)) {
      const verdict = judgeMessage(key, value);
      if (verdict === 'malformed')
        return this.#fail(
          'other',
          `it has told "${key}" in another form: ${JSON.stringify(value).slice(0, 200)}`,
        );
      if (verdict === 'unknown') this.#hearNoise(line);
      else if (key === 'progress') this.onProgress(value);
      // Of many questions each has an answer of its own.
      else if (key === 'answer') this.#heard.set(answerKey((value as { number: number }).number), value);
      else this.#heard.set(key, value);
    }
    for (const waiter of this.#waiters.filter(({ key }) => this.#heard.has(key))) {
      this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
      waiter.resolve(this.#heard.get(waiter.key));
    }
  }

  #hearNoise(line: string): void {
    this.#noiseBytes += line.length + 1;
    if (this.#noiseBytes > maxNoiseBytes)
      this.#fail('other', `it has written more than ${maxNoiseBytes} bytes that are no message`);
  }

  #listenOn(): void {
    if (this.#silence !== null) clearTimeout(this.#silence);
    if (this.#failure !== null) return;
    this.#silence = setTimeout(
      () => this.#fail('no-shell', `nothing was heard of it for ${silenceMs} ms`),
      silenceMs,
    );
  }

  #ended(code: number | null): void {
    const said = this.#words.trim() === '' ? 'it said nothing' : `it said "${this.#words.trim()}"`;
    if (code === commandNotFound && !this.#heard.has('ready')) {
      this.#fail('no-python', `there is no python3 (${said})`);
    } else this.#fail('no-shell', `the shell ended with ${code ?? 'a signal'}; ${said}`);
  }

  #fail(code: CopyFailureCode, message: string, cause?: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = new CopyFailure(code, this.#host, message, cause);
    clearInterval(this.#beat);
    if (this.#silence !== null) clearTimeout(this.#silence);
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#child.stdin.end();
    setTimeout(() => this.#child.kill('SIGTERM'), graceMs).unref();
    for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#failure);
  }
}

/** By which name the answer to a question is waited for. */
export function answerKey(number: number): string {
  return `answer ${number}`;
}

function codeOf(text: string): CopyFailureCode {
  return copyFailureCodes.find((code) => code === text) ?? 'other';
}
