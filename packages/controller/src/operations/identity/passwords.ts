import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { Places } from '../engine/keyed-lock.ts';

/** What hashing one password takes with argon2id. */
export interface PasswordWork {
  /** Memory in KiB, at least 8 for each lane. */
  readonly memory: number;
  readonly passes: number;
  /** Lanes. */
  readonly parallelism: number;
}

/** OWASP's parameters for argon2id: 19 MiB, two passes, one lane; about 30 ms of a processor. */
const defaultPasswordWork: PasswordWork = { memory: 19_456, passes: 2, parallelism: 1 };
const saltBytes = 16;
const tagBytes = 32;

const argon2Async = promisify(argon2);

/** Threads that libuv has for hashes, files and names of hosts alike, unless UV_THREADPOOL_SIZE says otherwise. */
const defaultThreads = 4;

/**
 * Hashes at a time: files, names of hosts and the thread that answers requests always have a thread and, where there is
 * more than one, a processor that no hash has.
 */
export function maxHashes(
  processors: number = availableParallelism(),
  threads: number = Number(process.env['UV_THREADPOOL_SIZE'] ?? defaultThreads),
): number {
  return Math.max(1, Math.min(processors - 1, threads - 2));
}

/** All hashes of the process share its threads, whichever controller they are for. */
const places = new Places(maxHashes());

/** Hashes passwords, and proves them against their hashes. */
export class Passwords {
  readonly #work: PasswordWork;
  /** The hash of a password that nobody knows, made once. */
  #nobody: Promise<string> | null = null;

  constructor(work: PasswordWork = defaultPasswordWork) {
    this.#work = work;
  }

  /** Hashes a password; parameters and salt are in the text, in the form that the argon2 libraries share (PHC). */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(saltBytes);
    const tag = await tagOf(password, salt, this.#work, tagBytes);
    const { memory, passes, parallelism } = this.#work;
    return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`;
  }

  /**
   * Whether a hash is of that password. Without a hash (no such user, none has been set) it is false after the same
   * work, so that the time does not tell who there is.
   */
  async verify(password: string, hash: string | null): Promise<boolean> {
    const known = hash === null ? null : readHash(hash);
    const { work, salt, tag } = known ?? readHash(await this.#nobodysHash());
    const actual = await tagOf(password, salt, work, tag.length);
    return timingSafeEqual(actual, tag) && known !== null;
  }

  #nobodysHash(): Promise<string> {
    this.#nobody ??= this.hash(randomBytes(32).toString('base64'));
    return this.#nobody;
  }
}

function tagOf(password: string, nonce: Uint8Array, work: PasswordWork, tagLength: number): Promise<Buffer> {
  return places.with(() => argon2Async('argon2id', { message: password, nonce, ...work, tagLength }));
}

function readHash(hash: string): { work: PasswordWork; salt: Buffer; tag: Buffer } {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(hash);
  if (match === null) throw new Error('A password hash in the database is not of a form that is known here.');
  const [memory = 0, passes = 0, parallelism = 0] = match.slice(1, 4).map(Number);
  return {
    work: { memory, passes, parallelism },
    salt: Buffer.from(match[4] ?? '', 'base64'),
    tag: Buffer.from(match[5] ?? '', 'base64'),
  };
}

/** Without the padding, as the form wants it. */
function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}
