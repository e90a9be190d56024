import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';

/** Where a password comes from. Never from the command line, which other users of the machine can read. */
export type PasswordSource = 'stdin' | 'terminal' | 'generated';

/** A password, and whether it was made here and is to be shown. */
export interface ReadPassword {
  readonly password: string;
  readonly generated: boolean;
}

/** Reads or makes a password. */
export async function readPassword(source: PasswordSource): Promise<ReadPassword> {
  switch (source) {
    case 'generated':
      return { password: randomBytes(18).toString('base64url'), generated: true };
    case 'stdin':
      return { password: notEmpty((await text(process.stdin)).replace(/\r?\n$/, '')), generated: false };
    case 'terminal': {
      const password = notEmpty(await askHidden('Password: '));
      if ((await askHidden('Once more: ')) !== password) throw new Error('The two are not the same.');
      return { password, generated: false };
    }
  }
}

function notEmpty(password: string): string {
  if (password === '') throw new Error('A password is wanted, and nothing came.');
  return password;
}

/** Asks on the terminal without showing what is typed. */
async function askHidden(question: string): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY)
    throw new Error('There is no terminal to ask for a password on: give it by --password-stdin.');
  stderr.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  const typed: string[] = [];
  try {
    for await (const part of stdin.iterator({ destroyOnReturn: false }) as AsyncIterable<string>) {
      for (const key of part) {
        if (key === '\r' || key === '\n' || key === '\u0004') return typed.join('');
        if (key === '\u0003') throw new Error('Stopped; nothing was changed.');
        if (key === '\u007f' || key === '\b') typed.pop();
        else typed.push(key);
      }
    }
    return typed.join('');
  } finally {
    stdin.setRawMode(false);
    stderr.write('\n');
  }
}
