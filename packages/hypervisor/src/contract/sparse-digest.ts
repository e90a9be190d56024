import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** A piece of a sparse file: bytes, or a hole that reads as zeros. */
export type ImageChunk =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'hole'; readonly lengthBytes: number };

const pieceBytes = 1024 * 1024;
const zeros = Buffer.alloc(pieceBytes);
const crcOfZeros = crc32(zeros);

/**
 * SHA-256 over the CRC-32 of each mebibyte of a file that is not all zeros, with its number, and then the file's length:
 * the same for any layout of holes, and holes cost nothing. Must be what `shell/program/common.py` makes; made in another
 * way, it has another name in the model's `digestKind`, because digests of base images are kept.
 */
export async function sparseDigest(chunks: AsyncIterable<ImageChunk>): Promise<string> {
  const digest = new SparseDigest();
  for await (const chunk of chunks) digest.add(chunk);
  return digest.end();
}

/** Takes a file piece by piece. */
export class SparseDigest {
  readonly #hash = createHash('sha256');
  readonly #sum = Buffer.alloc(12);
  #number = 0;
  /** Bytes of the current mebibyte that the sum covers; nothing but zeros came since the last data. */
  #filled = 0;
  #crc = 0;
  #length = 0;

  add(chunk: ImageChunk): void {
    if (chunk.kind === 'hole') this.#length += chunk.lengthBytes;
    else this.#addBytes(chunk.bytes);
  }

  /** The digest; the object is used up. */
  end(): string {
    this.#endPiece(Math.min(pieceBytes, this.#length - this.#number * pieceBytes));
    this.#sum.writeBigUInt64LE(BigInt(this.#length));
    return this.#hash.update(this.#sum.subarray(0, 8)).digest('hex');
  }

  #addBytes(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const number = Math.floor(this.#length / pieceBytes);
      const inside = this.#length % pieceBytes;
      if (number !== this.#number) {
        this.#endPiece(pieceBytes);
        this.#number = number;
      }
      this.#fillTo(inside);
      const part = bytes.subarray(at, at + pieceBytes - inside);
      this.#crc = crc32(part, this.#crc);
      this.#filled += part.length;
      this.#length += part.length;
      at += part.length;
    }
  }

  #fillTo(count: number): void {
    if (count <= this.#filled) return;
    this.#crc = crc32(zeros.subarray(0, count - this.#filled), this.#crc);
    this.#filled = count;
  }

  #endPiece(count: number): void {
    if (this.#filled > 0) {
      this.#fillTo(count);
      const ofZeros = count === pieceBytes ? crcOfZeros : crc32(zeros.subarray(0, count));
      if (this.#crc !== ofZeros) {
        this.#sum.writeBigUInt64LE(BigInt(this.#number));
        this.#sum.writeUInt32LE(this.#crc, 8);
        this.#hash.update(this.#sum);
      }
    }
    this.#filled = 0;
    this.#crc = 0;
  }
}
