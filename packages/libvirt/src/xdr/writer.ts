import { XdrError } from './xdr-error.ts';

/** Grows a buffer of big-endian XDR (RFC 4506). */
export class XdrWriter {
  #buffer: Buffer;
  #length = 0;
  readonly #maximumBytes: number;

  /** Grows from so many bytes to at most so many; beyond that it throws XdrError. */
  constructor(initialBytes = 256, maximumBytes = Number.POSITIVE_INFINITY) {
    this.#buffer = Buffer.allocUnsafe(initialBytes);
    this.#maximumBytes = maximumBytes;
  }

  int32(value: number): void {
    checkInteger(value);
    this.#room(4);
    this.#length = this.#buffer.writeInt32BE(value, this.#length);
  }

  uint32(value: number): void {
    checkInteger(value);
    this.#room(4);
    this.#length = this.#buffer.writeUInt32BE(value, this.#length);
  }

  int64(value: bigint): void {
    this.#room(8);
    this.#length = this.#buffer.writeBigInt64BE(value, this.#length);
  }

  uint64(value: bigint): void {
    this.#room(8);
    this.#length = this.#buffer.writeBigUInt64BE(value, this.#length);
  }

  double(value: number): void {
    this.#room(8);
    this.#length = this.#buffer.writeDoubleBE(value, this.#length);
  }

  /** Bytes and the zeros that fill up to a multiple of four. */
  opaque(bytes: Uint8Array): void {
    const padding = (4 - (bytes.length % 4)) % 4;
    this.#room(bytes.length + padding);
    this.#buffer.set(bytes, this.#length);
    this.#buffer.fill(0, this.#length + bytes.length, this.#length + bytes.length + padding);
    this.#length += bytes.length + padding;
  }

  /** What was written so far; not a copy. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #room(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    if (needed > this.#maximumBytes) {
      throw new XdrError(`${needed} bytes where at most ${this.#maximumBytes} are allowed`);
    }
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

/** Node itself refuses what is out of range, but writes 0 for NaN and cuts fractions off. */
function checkInteger(value: number): void {
  if (!Number.isInteger(value)) throw new XdrError(`${value} where an integer is wanted`);
}
