/**
 * Run inside the network of a lab: asks daemons for the names of their hosts, and prints what came of it.
 * usage: node ask-daemon.ts '[{"uri": …, "options": {…}}]'
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  ClientError,
  type ConnectOptions,
  connect,
  downloadVolume,
  LibvirtError,
  type StreamChunk,
  uploadVolume,
} from '@ferry/libvirt';

/** One thing to ask. */
export interface Question {
  readonly uri: string;
  readonly options?: ConnectOptions;
  /** A volume to fill with so many random bytes, and to read again. */
  readonly volume?: { readonly path: string; readonly bytes: number };
  /** So many calls at once, each round of them begun in one turn; each must be answered within 4 s: a ping is sent after 5. */
  readonly rounds?: { readonly number: number; readonly calls: number };
  /** The number of the user, with no groups, that asks; from then on, for all questions after it too. */
  readonly user?: number;
  /** Stays connected, and says so, until somebody ends the process. */
  readonly stay?: boolean;
}

/** What came of it. */
export interface Answer {
  readonly hostname?: string;
  /** How many of the calls were answered. */
  readonly answered?: number;
  /** Whether a volume came back as it was sent. */
  readonly same?: boolean;
  readonly code?: string;
  readonly message?: string;
}

async function ask({ uri, options, volume, rounds, stay, user }: Question): Promise<Answer> {
  if (user !== undefined) become(user);
  try {
    const connection = await connect(uri, { deadlineMs: 15_000, configFile: null, ...options });
    const { hostname } = await connection.call('connectGetHostname', {});
    if (stay === true) {
      console.log(hostname);
      await connection.closed;
    }
    const same = volume === undefined ? {} : { same: await comesBack(connection, volume) };
    const many = rounds === undefined ? {} : { answered: await callAtOnce(connection, rounds) };
    await connection.close();
    return { hostname, ...same, ...many };
  } catch (error) {
    if (error instanceof ClientError) return { code: error.code, message: error.message };
    if (error instanceof LibvirtError) return { code: `libvirt ${error.code}`, message: error.message };
    throw error;
  }
}

function become(user: number): void {
  process.setgroups?.([]);
  process.setgid?.(user);
  process.setuid?.(user);
}

async function callAtOnce(
  connection: Awaited<ReturnType<typeof connect>>,
  { number, calls }: { number: number; calls: number },
): Promise<number> {
  let answered = 0;
  for (let round = 0; round < number; round += 1) {
    const asked = Array.from({ length: calls }, () =>
      connection.call('connectGetHostname', {}, { deadlineMs: 4_000 }),
    );
    answered += (await Promise.all(asked)).length;
  }
  return answered;
}

async function comesBack(
  connection: Awaited<ReturnType<typeof connect>>,
  { path, bytes }: { path: string; bytes: number },
): Promise<boolean> {
  const { vol } = await connection.call('storageVolLookupByPath', { path });
  const content = randomBytes(bytes);
  await uploadVolume(connection, vol, piecesOf(content));
  const hash = createHash('sha256');
  for await (const chunk of downloadVolume(connection, vol, { lengthBytes: bytes })) {
    if (chunk.kind === 'data') hash.update(chunk.bytes);
  }
  return hash.digest('hex') === createHash('sha256').update(content).digest('hex');
}

async function* piecesOf(content: Buffer): AsyncGenerator<StreamChunk> {
  for (let at = 0; at < content.length; at += 256 * 1024) {
    yield await Promise.resolve({ kind: 'data', bytes: content.subarray(at, at + 256 * 1024) });
  }
}

const answers: Answer[] = [];
for (const question of JSON.parse(process.argv[2] ?? '[]') as Question[]) answers.push(await ask(question));
console.log(JSON.stringify(answers));
