import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { decryptCts, encryptCts } from './aes-cts.ts';
import { deriveByFolding, deriveByHash, type KeyPurpose, keyConstant } from './derive-key.ts';
import { KerberosError } from './kerberos-error.ts';

/** A key and the way that it is used, by its number in the register of encryption types. */
export interface KerberosKey {
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** A key at work for one kind of message: no message of one kind passes for one of another. */
export interface MessageCipher {
  readonly checksumBytes: number;
  /** How much longer it is when encrypted. */
  readonly overheadBytes: number;
  encrypt(plain: Uint8Array): Buffer;
  /** Throws KerberosError for what this key did not encrypt. */
  decrypt(cipherText: Buffer): Buffer;
  checksum(data: Uint8Array): Buffer;
  /** Throws KerberosError where a checksum is another than that of the data. */
  verify(data: Uint8Array, checksum: Uint8Array): void;
}

/** What the encryption types differ in. */
interface EncryptionType {
  readonly keyBytes: number;
  readonly checksumBytes: number;
  readonly hash: 'sha1' | 'sha256' | 'sha384';
  readonly derive: (key: Uint8Array, constant: Uint8Array, purpose: KeyPurpose) => Buffer;
  /** What the checksum beside an encrypted text is of. */
  readonly summed: (plain: Uint8Array, cipherText: Uint8Array) => Uint8Array;
}

const confounderBytes = 16;

/** aes128- and aes256-cts-hmac-sha1-96 (RFC 3962): the checksum is of the plain text. */
const withSha1 = (keyBytes: number): EncryptionType => ({
  keyBytes,
  checksumBytes: 12,
  hash: 'sha1',
  derive: deriveByFolding,
  summed: (plain) => plain,
});

/** aes128-cts-hmac-sha256-128, aes256-cts-hmac-sha384-192 (RFC 8009): it is of the empty vector and the encrypted text. */
const withSha2 = (hash: 'sha256' | 'sha384', keyBytes: number, checksumBytes: number): EncryptionType => ({
  keyBytes,
  checksumBytes,
  hash,
  derive: (key, constant, purpose) =>
    deriveByHash(hash, key, constant, purpose === 'encryption' ? keyBytes : checksumBytes),
  summed: (_, cipherText) => Buffer.concat([Buffer.alloc(16), cipherText]),
});

/** By their numbers. Those with DES and RC4 are broken and not here. */
const types: ReadonlyMap<number, EncryptionType> = new Map([
  [17, withSha1(16)],
  [18, withSha1(32)],
  [19, withSha2('sha256', 16, 16)],
  [20, withSha2('sha384', 32, 24)],
]);

/** Derives what encrypts messages of one kind. Throws KerberosError for a key of a type that is not here. */
export function messageCipher(key: KerberosKey, use: number): MessageCipher {
  const { checksumBytes, hash, derive, summed } = typeOf(key);
  const derived = (purpose: KeyPurpose): Buffer => derive(key.bytes, keyConstant(use, purpose), purpose);
  const [forEncryption, forIntegrity, forChecksum] = [
    derived('encryption'),
    derived('integrity'),
    derived('checksum'),
  ];
  const sumOf = (macKey: Uint8Array, data: Uint8Array): Buffer =>
    createHmac(hash, macKey).update(data).digest().subarray(0, checksumBytes);
  return {
    checksumBytes,
    overheadBytes: confounderBytes + checksumBytes,
    encrypt: (plain) => {
      const text = Buffer.concat([randomBytes(confounderBytes), plain]);
      const body = encryptCts(forEncryption, text);
      return Buffer.concat([body, sumOf(forIntegrity, summed(text, body))]);
    },
    decrypt: (cipherText) => {
      const bodyBytes = cipherText.length - checksumBytes;
      if (bodyBytes < confounderBytes) throw notGenuine();
      const body = cipherText.subarray(0, bodyBytes);
      const text = decryptCts(forEncryption, body);
      requireSame(cipherText.subarray(bodyBytes), sumOf(forIntegrity, summed(text, body)));
      return text.subarray(confounderBytes);
    },
    checksum: (data) => sumOf(forChecksum, data),
    verify: (data, checksum) => requireSame(checksum, sumOf(forChecksum, data)),
  };
}

function typeOf({ type, bytes }: KerberosKey): EncryptionType {
  const found = types.get(type);
  if (found === undefined) {
    throw new KerberosError(
      `the encryption type ${type} is not one of ${[...types.keys()].join(', ')} (AES): the realm has to allow those`,
    );
  }
  if (bytes.length !== found.keyBytes) throw new KerberosError('a key of Kerberos has the wrong length');
  return found;
}

function requireSame(given: Uint8Array, expected: Uint8Array): void {
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw notGenuine();
}

function notGenuine(): KerberosError {
  return new KerberosError('a message was changed on the way, or is not from who has the key');
}
