import { createCipheriv, createHmac } from 'node:crypto';
import { nFold } from './n-fold.ts';

/** What a key is derived for: encryption, the integrity of what is encrypted, a checksum alone (RFC 3961, 5.3). */
export type KeyPurpose = 'encryption' | 'integrity' | 'checksum';

const purposes: Readonly<Record<KeyPurpose, number>> = { encryption: 0xaa, integrity: 0x55, checksum: 0x99 };

/** The constant from which a key is derived; `use` is the number of the kind of message (RFC 4120, 7.5.1). */
export function keyConstant(use: number, purpose: KeyPurpose): Buffer {
  const constant = Buffer.alloc(5);
  constant.writeUInt32BE(use);
  constant[4] = purposes[purpose];
  return constant;
}

/** RFC 3961, 5.1: the constant is folded to a block and encrypted, and that again, until there is enough for a key. */
export function deriveByFolding(key: Uint8Array, constant: Uint8Array): Buffer {
  const encryptBlock = (block: Uint8Array): Buffer => {
    const cipher = createCipheriv(`aes-${key.length * 8}-ecb`, key, null).setAutoPadding(false);
    return Buffer.concat([cipher.update(block), cipher.final()]);
  };
  const first = encryptBlock(nFold(constant, 16));
  return Buffer.concat([first, encryptBlock(first)]).subarray(0, key.length);
}

/** RFC 8009, 3: KDF-HMAC-SHA2 with an empty context, for up to one digest. */
export function deriveByHash(
  hash: 'sha256' | 'sha384',
  key: Uint8Array,
  label: Uint8Array,
  bytes: number,
): Buffer {
  const input = Buffer.alloc(4 + label.length + 1 + 4);
  input.writeUInt32BE(1);
  input.set(label, 4);
  input.writeUInt32BE(bytes * 8, input.length - 4);
  return createHmac(hash, key).update(input).digest().subarray(0, bytes);
}
