import { createInterface } from 'node:readline/promises';

/**
 * Says what will be done, and asks a person whether it shall; true: it shall. Nobody is asked who has said so (`--yes`), or
 * who cannot answer (no terminal): a script means what it says.
 */
export async function askFirst(sentence: string, yes: boolean): Promise<boolean> {
  process.stderr.write(`${sentence}\n`);
  if (yes || !process.stdin.isTTY) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question('Do it? [y/N] ')).trim());
  } finally {
    terminal.close();
  }
}
