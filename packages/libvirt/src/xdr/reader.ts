import { XdrError } from './xdr-error.ts';

/** Reads big-endian XDR (RFC 4506) from bytes that came over the wire: every length is checked before it is used. */
export class XdrReader {
  readonly #buffer: Buffer;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.#buffer.length - this.#offset;
  }

  int32(): number {
    return this.#buffer.readInt32BE(this.#take(4));
  }

  uint32(): number {
    return this.#buffer.readUInt32BE(this.#take(4));
  }

  int64(): bigint {
    return this.#buffer.readBigInt64BE(this.#take(8));
  }

  uint64(): bigint {
    return this.#buffer.readBigUInt64BE(this.#take(8));
  }

  double(): number {
    return this.#buffer.readDoubleBE(this.#take(8));
  }

  /** A length that may not be over a maximum. */
  length(maximum: number): number {
    const length = this.uint32();
    if (length > maximum) throw new XdrError(`a length of ${length} where at most ${maximum} is allowed`);
    return length;
  }

  /** How many values follow, not over a maximum, nor over what the bytes left can hold: each takes a word at least. */
  count(maximum: number): number {
    const count = this.length(maximum);
    if (count * 4 > this.remaining)
      throw new XdrError(`cut short: ${count} values in ${this.remaining} bytes`);
    return count;
  }

  /** What a number stands for, of a closed list. */
  choice<T extends {}>(choices: ReadonlyMap<number, T>): T {
    const number = this.int32();
    const chosen = choices.get(number);
    if (chosen === undefined) {
      throw new XdrError(`${number} where only ${[...choices.keys()].join(', ')} are possible`);
    }
    return chosen;
  }

  /** Text in UTF-8 with its length before it; bytes that are no UTF-8 become U+FFFD. */
  text(maximumBytes: number): string {
    return this.opaque(this.length(maximumBytes)).toString('utf8');
  }

  /** Bytes of a known length, their padding checked; not a copy. */
  opaque(length: number): Buffer {
    const padding = (4 - (length % 4)) % 4;
    const start = this.#take(length + padding);
    for (let index = start + length; index < start + length + padding; index += 1) {
      if (this.#buffer[index] !== 0) throw new XdrError('padding that is not zero');
    }
    return this.#buffer.subarray(start, start + length);
  }

  /** What has not been read; not a copy. */
  rest(): Buffer {
    return this.#buffer.subarray(this.#take(this.remaining));
  }

  /** Throws when bytes are left over: the layout is not what was expected. */
  end(): void {
    if (this.remaining !== 0) throw new XdrError(`${this.remaining} bytes left over`);
  }

  #take(bytes: number): number {
    if (bytes > this.remaining)
      throw new XdrError(`cut short: ${bytes} bytes wanted, ${this.remaining} there`);
    const start = this.#offset;
    this.#offset += bytes;
    return start;
  }
}
