import { createHash, createPublicKey, generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import type { Keypair } from '@ferry/model';
import { quotasOf, requireQuota } from '../engine/quotas.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

/** What a public key tells of itself. */
type Read = Pick<Keypair, 'publicKey' | 'fingerprint'>;

/** Bits of a new key: what NIST holds good beyond 2030. */
const modulusBits = 3072;

/** Kinds of SSH keys (RFC 4253, 5656, 8709 and OpenSSH's own for tokens). */
const sshKinds: ReadonlySet<string> = new Set([
  'ssh-rsa',
  'ssh-dss',
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
]);

/** Reads a public key that a user brings; refuses what is none. */
export function readPublicKey(type: Keypair['type'], text: string): Read {
  return type === 'ssh' ? readSshKey(text.trim()) : readCertificate(text);
}

/** Makes a pair: the public key for guests, the private one for its user, which is kept nowhere. */
export async function makeSshKey(comment: string): Promise<Read & { readonly privateKey: string }> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: modulusBits });
  const publicKey = `${sshLineOf(createPublicKey(privateKey))} ${comment}`;
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' });
  return { ...readSshKey(publicKey), privateKey: String(pem) };
}

function readSshKey(text: string): Read {
  const [kind = '', blob = ''] = text.split(/\s+/);
  const bytes = Buffer.from(blob, 'base64');
  const named = bytes.length < 4 ? '' : bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString('latin1');
  if (text.includes('\n') || !sshKinds.has(kind) || named !== kind)
    throw new Refusal(
      'bad-request',
      'Keypair data is invalid: failed to generate fingerprint. It must be one line as ssh-keygen writes it.',
    );
  return { publicKey: text, fingerprint: fingerprintOf(createHash('md5').update(bytes).digest('hex')) };
}

function readCertificate(text: string): Read {
  try {
    const { fingerprint } = new X509Certificate(text);
    return { publicKey: text, fingerprint: fingerprint.toLowerCase() };
  } catch (cause) {
    const message =
      'Keypair data is invalid: failed to generate X509 fingerprint. It must be a certificate as PEM.';
    throw new Refusal('bad-request', message, [], cause);
  }
}

/** An RSA key as `authorized_keys` has it (RFC 4253, 6.6): kind, exponent and modulus, each behind its length. */
function sshLineOf(key: KeyObject): string {
  const { e = '', n = '' } = key.export({ format: 'jwk' });
  const parts = [Buffer.from('ssh-rsa'), positive(e), positive(n)];
  const blob = Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }),
  );
  return `ssh-rsa ${blob.toString('base64')}`;
}

/** A number whose first bit is not taken for a sign. */
function positive(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes;
}

function fingerprintOf(hex: string): string {
  return (hex.match(/../g) ?? []).join(':');
}

/** A keypair to be kept. */
interface NewKeypair {
  readonly userId: string;
  readonly name: string;
  readonly type: Keypair['type'];
  /** Null has Ferry make a pair. */
  readonly publicKey: string | null;
}

/** A keypair, with its private half only at the moment in which Ferry made it. */
type MadeKeypair = Keypair & { readonly privateKey: string | null };

/** The keypairs of a user, by name. */
export function listKeypairs({ store }: Services, userId: string): Promise<Keypair[]> {
  return store.keypairs.of(userId);
}

/** One of a user's; refuses when there is none of that name. */
export async function findKeypair({ store }: Services, userId: string, name: string): Promise<Keypair> {
  const keypair = await store.keypairs.byName(userId, name);
  if (keypair === null) throw noKeypair(userId, name);
  return keypair;
}

/** Keeps a public key that a user brings, or makes a pair. */
export async function addKeypair({ store, limits }: Services, wanted: NewKeypair): Promise<MadeKeypair> {
  const { userId, name, type, publicKey } = wanted;
  // They are a user's, who is in any number of projects: what is said of all projects counts.
  const { keyPairs } = await quotasOf({ store, limits }, null);
  requireQuota(keyPairs, (await store.keypairs.of(userId)).length + 1, 'key pairs');
  if (publicKey === null && type !== 'ssh')
    throw new Refusal('bad-request', 'Ferry makes SSH keys alone: bring the certificate as public_key.');
  const made =
    publicKey === null
      ? await makeSshKey('Generated-by-Ferry')
      : { ...readPublicKey(type, publicKey), privateKey: null };
  const { privateKey, ...rest } = made;
  const keypair: Keypair = { userId, name, type, ...rest, createdAt: new Date().toISOString() };
  if (!(await store.keypairs.add(keypair)))
    throw new Refusal('keypair-exists', `Key pair '${name}' already exists.`);
  return { ...keypair, privateKey };
}

/** Forgets a keypair; guests that have the key keep it. */
export async function deleteKeypair({ store }: Services, userId: string, name: string): Promise<void> {
  if (!(await store.keypairs.remove(userId, name))) throw noKeypair(userId, name);
}

function noKeypair(userId: string, name: string): Refusal {
  return new Refusal('keypair-not-found', `Keypair ${name} not found for user ${userId}.`);
}
