import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

export type ProgramSide = 'sender' | 'receiver' | 'hasher' | 'examiner' | 'configurer';

/** One side of the copying program, and the command that reads it from its standard input and runs it. */
export interface ProgramText {
  readonly source: Buffer;
  readonly command: string;
}

const directory = join(import.meta.dirname, 'program');

const partsOf: Readonly<Record<ProgramSide, readonly string[]>> = {
  sender: ['common.py', 'tls.py', 'sender.py'],
  receiver: ['common.py', 'tls.py', 'writing.py', 'receiver.py'],
  hasher: ['common.py', 'hasher.py'],
  examiner: ['common.py', 'examiner.py'],
  configurer: ['common.py', 'configurer.py'],
};

/** The program of one side, as a shell is given it: common.py, what it needs beside that, and the side's own. */
export function programText(side: ProgramSide): ProgramText {
  const parts = partsOf[side].map((name) => readFileSync(join(directory, name)));
  const source = Buffer.concat(parts);
  // -I: neither the user's modules nor their environment have a part in it.
  const run = `import sys;exec(compile(sys.stdin.buffer.read(${source.length}),"ferry-${side}","exec"))`;
  return { source, command: `exec python3 -I -c '${run}'` };
}

const newline = 0x0a;

/** How a stream of lines is read. */
interface LineReading {
  /** Bytes that one line may have, its end not counted. */
  readonly maxBytes: number;
  /** Is told each whole line, without its end. */
  readonly line: (text: string) => void;
  /** Once, when a line has more: nothing is read after it, and the stream is closed. */
  readonly tooLong: () => void;
}

/** Reads lines as they come; of a line that is not whole yet no more than its bytes is kept, however long it gets. */
export function readLines(stream: Readable, { maxBytes, line, tooLong }: LineReading): void {
  let kept: Buffer[] = [];
  let keptBytes = 0;
  const onData = (piece: Buffer): void => {
    let rest = piece;
    for (;;) {
      const end = rest.indexOf(newline);
      const part = end === -1 ? rest : rest.subarray(0, end);
      keptBytes += part.length;
      if (keptBytes > maxBytes) {
        kept = [];
        stream.off('data', onData);
        stream.destroy();
        tooLong();
        return;
      }
      kept.push(part);
      if (end === -1) return;
      const text = Buffer.concat(kept).toString('utf8').replace(/\r$/, '');
      kept = [];
      keptBytes = 0;
      line(text);
      rest = rest.subarray(end + 1);
    }
  };
  stream.on('data', onData);
}

type Shape = Readonly<Record<string, 'string' | 'number' | 'boolean' | 'object'>>;

/** What the programs tell (`program/*.py`), and what must be in it; numbers are none below 0. */
const shapes: ReadonlyMap<string, Shape> = new Map(
  Object.entries({
    ready: { python: 'string', zstd: 'boolean', root: 'boolean' },
    listening: { port: 'number', have: 'number' },
    received: { digest: 'string', bytes: 'number' },
    published: {},
    began: { from: 'number', length: 'number' },
    progress: { bytes: 'number', wireBytes: 'number', seconds: 'number', receiverLimited: 'number' },
    sent: { digest: 'string', bytes: 'number', wireBytes: 'number' },
    answer: { number: 'number', told: 'object' },
    hashed: { digest: 'string', lengthBytes: 'number', changedAt: 'string' },
  } satisfies Record<string, Shape>),
);

/** A line as an object; null for what is none, as what a login script prints. */
export function readMessage(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}

/** What a host says is a message, or is not: `unknown` for a name that no program has. */
export function judgeMessage(name: string, value: unknown): 'well-formed' | 'malformed' | 'unknown' {
  const shape = shapes.get(name);
  if (shape === undefined) return 'unknown';
  if (typeof value !== 'object' || value === null) return 'malformed';
  const fits = Object.entries(shape).every(([field, type]) => {
    const told: unknown = Object.hasOwn(value, field) ? Reflect.get(value, field) : undefined;
    return typeof told === type && (typeof told !== 'number' || told >= 0);
  });
  return fits ? 'well-formed' : 'malformed';
}
