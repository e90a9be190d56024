import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const cipher = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** Of a sealed text the beginning; no XML, JSON or base64 begins with it. */
const sign = 'ferry1:';

/** A key with its name: the beginning of its SHA-256, which is no help in guessing 256 random bits. */
export interface SecretKey {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** What cannot be opened: it was sealed with a key that is not here, or has been changed or moved since. */
class NotOpened extends Error {
  override readonly name = 'NotOpened';
  readonly code = 'not-opened';
}

export function secretKey(bytes: Uint8Array): SecretKey {
  if (bytes.length !== keyBytes)
    throw new Error(`a key has ${keyBytes} bytes, and this one has ${bytes.length}`);
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 8), bytes };
}

export function newSecretKey(): SecretKey {
  return secretKey(randomBytes(keyBytes));
}

/**
 * Seals and opens texts of the database: AES-256-GCM (NIST SP 800-38D) with a random nonce each, bound to the row and
 * column that it is for, so that nobody who writes to the database puts one into the place of another. 2^32 texts may
 * be sealed with one key.
 */
export class SecretKeys {
  /** What is sealed from now on is sealed with this one. */
  readonly current: SecretKey;
  readonly #byId: ReadonlyMap<string, SecretKey>;

  /** `former`: open what was sealed before. */
  constructor(current: SecretKey, former: readonly SecretKey[] = []) {
    this.current = current;
    this.#byId = new Map([current, ...former].map((key) => [key.id, key]));
  }

  get ids(): readonly string[] {
    return [...this.#byId.keys()];
  }

  /** The current one first. */
  get all(): readonly SecretKey[] {
    return [...this.#byId.values()];
  }

  /** What sealed texts begin with that are sealed with the current key. */
  get prefix(): string {
    return `${sign}${this.current.id}:`;
  }

  seal(text: string, place: string): string {
    const nonce = randomBytes(nonceBytes);
    const sealing = createCipheriv(cipher, this.current.bytes, nonce).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([sealing.update(text, 'utf8'), sealing.final()]);
    return this.prefix + Buffer.concat([nonce, sealing.getAuthTag(), sealed]).toString('base64');
  }

  /** The text again; one that is not sealed is given as it is. Throws NotOpened. */
  open(sealed: string, place: string): string {
    if (!sealed.startsWith(sign)) return sealed;
    const [id = '', rest = ''] = sealed.slice(sign.length).split(':', 2);
    const key = this.#byId.get(id);
    if (key === undefined)
      throw new NotOpened(
        `${place} is sealed with the key ${id}, and the key file has ${this.ids.join(', ')}: use the key file of the controller that wrote it`,
      );
    const bytes = Buffer.from(rest, 'base64');
    try {
      const opening = createDecipheriv(cipher, key.bytes, bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      opening.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      const text = opening.update(bytes.subarray(nonceBytes + tagBytes));
      return Buffer.concat([text, opening.final()]).toString('utf8');
    } catch (cause) {
      throw new NotOpened(`${place} does not open with the key ${id}: it was changed, or is of another row`, {
        cause,
      });
    }
  }
}
