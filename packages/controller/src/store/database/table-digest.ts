import { createHash } from 'node:crypto';

const modulus = 2n ** 256n;

/**
 * A digest of rows, whatever their order: the sum of the SHA-256 of each, each column by its name. Databases sort texts
 * differently, and neither has to sort all of a table for it.
 */
export class TableDigest {
  #sum = 0n;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** In hexadecimal, with how many there were. */
  get text(): string {
    return `${this.#count}-${this.#sum.toString(16).padStart(64, '0').slice(0, 32)}`;
  }

  add(row: Readonly<Record<string, unknown>>): void {
    const plain = Object.keys(row)
      .toSorted()
      .map((name) => [name, plainOf(row[name])]);
    const digest = createHash('sha256').update(JSON.stringify(plain)).digest('hex');
    this.#sum = (this.#sum + BigInt(`0x${digest}`)) % modulus;
    this.#count += 1;
  }
}

/** Both databases' values in one form: bytes as text, numbers as numbers. */
function plainOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') };
  return typeof value === 'bigint' ? Number(value) : value;
}
