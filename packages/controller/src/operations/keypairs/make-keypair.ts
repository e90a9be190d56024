import { createHash, createPublicKey, generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import type { Keypair } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';

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
