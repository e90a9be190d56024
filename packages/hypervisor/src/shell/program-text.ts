import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type ProgramSide = 'sender' | 'receiver' | 'hasher';

/** One side of the copying program, and the command that reads it from its standard input and runs it. */
export interface ProgramText {
  readonly source: Buffer;
  readonly command: string;
}

const directory = join(import.meta.dirname, 'program');

/** The program of one side, as a shell is given it: common.py and the side's own. */
export function programText(side: ProgramSide): ProgramText {
  const parts = ['common.py', `${side}.py`].map((name) => readFileSync(join(directory, name)));
  const source = Buffer.concat(parts);
  // -I: neither the user's modules nor their environment have a part in it.
  const run = `import sys;exec(compile(sys.stdin.buffer.read(${source.length}),"ferry-${side}","exec"))`;
  return { source, command: `exec python3 -I -c '${run}'` };
}
