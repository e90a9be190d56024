import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Credentials } from '../credentials.ts';
import { type SaslExchange, SaslError } from './sasl-exchange.ts';

/** Hash functions of SCRAM, by the names of node:crypto. */
export type ScramHash = 'sha1' | 'sha256' | 'sha512';

/** The least that RFC 7677 allows; and what no honest server asks for, though it would keep us busy for minutes. */
const iterationsAtLeast = 4_096;
const iterationsAtMost = 10_000_000;
/** No channel binding, no other identity: "n,,"; and the same in the last message, in base64. */
const header = 'n,,';
const headerInLast = Buffer.from(header).toString('base64');

/**
 * SCRAM (RFC 5802, RFC 7677): both sides prove that they know the password, and neither tells it. `nonce` is for tests;
 * printable, without a comma.
 */
export function scram(
  hash: ScramHash,
  { username, password }: Credentials,
  nonce: string = randomBytes(24).toString('base64'),
): SaslExchange {
  const firstBare = `n=${escapeName(prepare(username))},r=${nonce}`;
  let serverSignature: Buffer | null = null;
  let done = false;

  async function lastMessage(serverFirst: string): Promise<Buffer> {
    const { salt, iterations, bothNonces } = readServerFirst(serverFirst, nonce);
    const salted = await derive(prepare(password), salt, iterations, digestBytes(hash), hash);
    const clientKey = hmac(hash, salted, 'Client Key');
    const withoutProof = `c=${headerInLast},r=${bothNonces}`;
    const authMessage = `${firstBare},${serverFirst},${withoutProof}`;
    const signature = hmac(hash, createHash(hash).update(clientKey).digest(), authMessage);
    const proof = clientKey.map((byte, index) => byte ^ (signature[index] ?? 0));
    serverSignature = hmac(hash, hmac(hash, salted, 'Server Key'), authMessage);
    return Buffer.from(`${withoutProof},p=${Buffer.from(proof).toString('base64')}`);
  }

  return {
    first: () => Promise.resolve(Buffer.from(`${header}${firstBare}`)),
    next: async (challenge) => {
      const text = Buffer.from(challenge ?? []).toString('utf8');
      if (serverSignature === null) return lastMessage(text);
      checkServer(text, serverSignature);
      done = true;
      return null;
    },
    get done() {
      return done;
    },
  };
}

const derive = promisify(pbkdf2);

function readServerFirst(
  text: string,
  nonce: string,
): { salt: Buffer; iterations: number; bothNonces: string } {
  const match = /^r=([^,]+),s=([A-Za-z0-9+/=]+),i=(\d{1,9})(?:,|$)/.exec(text);
  if (match === null) throw new SaslError("the daemon's first SCRAM message is malformed");
  const [, bothNonces = '', salt = '', count = ''] = match;
  if (!bothNonces.startsWith(nonce) || bothNonces.length === nonce.length) {
    throw new SaslError('the daemon answers another SCRAM exchange than this one');
  }
  const iterations = Number(count);
  if (iterations < iterationsAtLeast || iterations > iterationsAtMost) {
    throw new SaslError(
      `${iterations} iterations; from ${iterationsAtLeast} to ${iterationsAtMost} are accepted`,
    );
  }
  return { salt: Buffer.from(salt, 'base64'), iterations, bothNonces };
}

function checkServer(text: string, expected: Buffer): void {
  const [, given] = /^v=([A-Za-z0-9+/=]+)(?:,|$)/.exec(text) ?? [];
  const signature = Buffer.from(given ?? '', 'base64');
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
    throw new SaslError(
      'the daemon did not prove that it knows the password: it may be another than it seems',
    );
  }
}

/** SASLprep (RFC 4013) as far as names and passwords of people need it: one form of each character, none that cannot be seen. */
function prepare(text: string): string {
  const normal = text.normalize('NFKC');
  // oxlint-disable-next-line no-control-regex -- they are what is refused
  if (/[\u0000-\u001f\u007f-\u009f]/.test(normal)) {
    throw new SaslError('a user name or password with a control character cannot be used');
  }
  return normal;
}

function escapeName(name: string): string {
  return name.replaceAll('=', '=3D').replaceAll(',', '=2C');
}

function hmac(hash: ScramHash, key: Uint8Array, text: string): Buffer {
  return createHmac(hash, key).update(text).digest();
}

function digestBytes(hash: ScramHash): number {
  return { sha1: 20, sha256: 32, sha512: 64 }[hash];
}
