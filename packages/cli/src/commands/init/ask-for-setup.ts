import { hostname, networkInterfaces } from 'node:os';
import { createInterface } from 'node:readline/promises';

/** Why nothing was set up; nothing is half written then. */
export class SetUpError extends Error {
  override readonly name = 'SetUpError';
}

/** What was said on the command line; null: nothing. */
export interface Answers {
  readonly listen: string | null;
  readonly tls: string | null;
  readonly names: readonly string[] | null;
  readonly database: string | null;
}

/** How a controller is to be set up. */
export interface Setup {
  readonly listen: string;
  readonly tls:
    | { readonly kind: 'none' }
    | { readonly kind: 'own'; readonly names: readonly string[] }
    | { readonly kind: 'files'; readonly certFile: string; readonly keyFile: string };
  readonly database: string | null;
}

type Ask = (question: string, proposed: string) => Promise<string>;

const forThisMachine = '127.0.0.1:8774';

/** Asks for what was not said, with a proposal for each; `isSilent`: takes the proposals. */
export async function askForSetup(given: Answers, isSilent: boolean): Promise<Setup> {
  if (isSilent) return setupOf(given, (_, proposed) => Promise.resolve(proposed));
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await setupOf(given, async (question, proposed) => {
      const answer = (await terminal.question(`${question} [${proposed}] `)).trim();
      return answer === '' ? proposed : answer;
    });
  } finally {
    terminal.close();
  }
}

async function setupOf(given: Answers, ask: Ask): Promise<Setup> {
  const listen =
    given.listen ??
    (await ask('Where do the APIs listen? 0.0.0.0:8774 is for other machines, too.', forThisMachine));
  const match = /^(?:\[(.+)\]|([^:]+)):(\d{1,5})$/.exec(listen);
  if (match === null || Number(match[3]) > 65_535)
    throw new SetUpError(`"${listen}" is no address of the form host:port, as ${forThisMachine} is.`);
  // Loaded only here: most commands need none of it.
  const { isForOthers } = await import('@ferry/controller/set-up');
  const open = isForOthers(match[1] ?? match[2] ?? '');
  const tls =
    given.tls ??
    (open ? await ask('TLS: own (a certificate authority of its own), none, or CERT,KEY?', 'own') : 'none');
  return { listen, tls: await tlsOf(tls, given, ask), database: given.database };
}

async function tlsOf(tls: string, given: Answers, ask: Ask): Promise<Setup['tls']> {
  if (tls === 'none') return { kind: 'none' };
  if (tls === 'own') {
    const proposed = ownNames();
    const names =
      given.names ??
      (await ask('By which names and addresses do clients reach it?', proposed.join(' ')))
        .split(/[\s,]+/)
        .filter((name) => name !== '');
    const wrong = names.filter((name) => !/^[\w.:-]{1,253}$/.test(name));
    if (wrong.length > 0 || names.length === 0)
      throw new SetUpError(
        `No name or address: ${wrong.map((name) => `"${name}"`).join(', ') || 'none was given'}.`,
      );
    return { kind: 'own', names };
  }
  const [certFile, keyFile, ...more] = tls.split(',');
  if (certFile === undefined || keyFile === undefined || more.length > 0)
    throw new SetUpError(`--tls is own, none, or two files CERT,KEY: "${tls}" is none of them.`);
  return { kind: 'files', certFile, keyFile };
}

/** This machine's name, and its addresses that others may know it by. */
function ownNames(): string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address);
  return [...new Set([hostname(), 'localhost', ...addresses, '127.0.0.1'])];
}
