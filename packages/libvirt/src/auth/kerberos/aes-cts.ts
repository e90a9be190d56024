import { createCipheriv, createDecipheriv } from 'node:crypto';

const blockBytes = 16;

/** AES in CBC mode with ciphertext stealing and no initial vector, as in RFC 3962 (CBC-CS3). At least one block. */
export function encryptCts(key: Uint8Array, plain: Uint8Array): Buffer {
  const padded = Buffer.alloc(Math.ceil(plain.length / blockBytes) * blockBytes);
  padded.set(plain);
  const cipher = createCipheriv(nameOf(key), key, Buffer.alloc(blockBytes)).setAutoPadding(false);
  const blocks = Buffer.concat([cipher.update(padded), cipher.final()]);
  if (blocks.length === blockBytes) return blocks;
  const last = blocks.length - blockBytes;
  const beforeLast = last - blockBytes;
  // The last two blocks change places, and what was the one before is cut to the length of the text.
  return Buffer.concat([
    blocks.subarray(0, beforeLast),
    blocks.subarray(last),
    blocks.subarray(beforeLast, beforeLast + plain.length - last),
  ]);
}

/** The reverse. At least one block. */
export function decryptCts(key: Uint8Array, cipherText: Uint8Array): Buffer {
  const bytes = Buffer.from(cipherText.buffer, cipherText.byteOffset, cipherText.byteLength);
  if (bytes.length === blockBytes) return cbc(key, bytes);
  const lastStart = Math.floor((bytes.length - 1) / blockBytes) * blockBytes;
  const partial = bytes.subarray(lastStart);
  const swapped = bytes.subarray(lastStart - blockBytes, lastStart);
  // With no vector, one block of CBC is the bare cipher.
  const bare = cbc(key, swapped);
  const tail = partial.map((byte, index) => byte ^ (bare[index] ?? 0));
  const restored = Buffer.concat([partial, bare.subarray(partial.length)]);
  return Buffer.concat([
    cbc(key, Buffer.concat([bytes.subarray(0, lastStart - blockBytes), restored])),
    tail,
  ]);
}

function cbc(key: Uint8Array, blocks: Uint8Array): Buffer {
  const decipher = createDecipheriv(nameOf(key), key, Buffer.alloc(blockBytes)).setAutoPadding(false);
  return Buffer.concat([decipher.update(blocks), decipher.final()]);
}

function nameOf(key: Uint8Array): string {
  return `aes-${key.length * 8}-cbc`;
}
