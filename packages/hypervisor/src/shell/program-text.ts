import { readFileSync } from 'node:fs';
import { join } from 'node:path';

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
