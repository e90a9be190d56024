import { createHash } from 'node:crypto';
import type { ImageChunk } from './image-chunk.ts';

const blockBytes = 64 * 1024;
const zeros = Buffer.alloc(blockBytes);

/**
 * SHA-256 over the blocks of a file that are not all zeros, each with its number, and the file's length: the same for
 * any layout of holes, and holes cost nothing.
 */
export async function sparseDigest(chunks: AsyncIterable<ImageChunk>): Promise<string> {
  const digest = new SparseDigest();
  for await (const chunk of chunks) digest.add(chunk);
  return digest.end();
}

/** Takes a file piece by piece. */
export class SparseDigest {
  readonly #hash = createHash('sha256');
  readonly #block = Buffer.alloc(blockBytes);
  #filled = 0;
  #number = 0;
  #length = 0;

  add(chunk: ImageChunk): void {
    if (chunk.kind === 'hole') this.#addZeros(chunk.lengthBytes);
    else this.#addBytes(chunk.bytes);
  }

  /** The digest; the object is used up. */
  end(): string {
    if (this.#filled > 0) this.#addZeros(blockBytes - this.#filled, false);
    this.#hash.update(`length ${this.#length}`);
    return this.#hash.digest('hex');
  }

  #addBytes(bytes: Uint8Array): void {
    this.#length += bytes.length;
    let offset = 0;
    while (offset < bytes.length) {
      if (this.#filled === 0 && bytes.length - offset >= blockBytes) {
        // A whole block is hashed where it lies.
        this.#hashBlock(Buffer.from(bytes.buffer, bytes.byteOffset + offset, blockBytes));
        this.#number += 1;
        offset += blockBytes;
        continue;
      }
      const take = Math.min(blockBytes - this.#filled, bytes.length - offset);
      this.#block.set(bytes.subarray(offset, offset + take), this.#filled);
      this.#filled += take;
      offset += take;
      if (this.#filled === blockBytes) this.#endBlock();
    }
  }

  #addZeros(count: number, counts = true): void {
    if (counts) this.#length += count;
    let left = count;
    if (this.#filled > 0) {
      const take = Math.min(blockBytes - this.#filled, left);
      this.#block.fill(0, this.#filled, this.#filled + take);
      this.#filled += take;
      left -= take;
      if (this.#filled === blockBytes) this.#endBlock();
    }
    this.#number += Math.floor(left / blockBytes);
    this.#block.fill(0, 0, left % blockBytes);
    if (left > 0) this.#filled = left % blockBytes;
  }

  #hashBlock(block: Buffer): void {
    if (!block.equals(zeros)) this.#hash.update(`block ${this.#number} `).update(block);
  }

  #endBlock(): void {
    this.#hashBlock(this.#block);
    this.#number += 1;
    this.#filled = 0;
  }
}
