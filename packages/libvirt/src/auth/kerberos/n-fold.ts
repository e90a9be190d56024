/**
 * Stretches or folds bytes to a given number (RFC 3961, 5.1): copies of the input, each turned right by 13 bits more than
 * the one before, are added up in ones' complement.
 */
export function nFold(input: Uint8Array, size: number): Buffer {
  const total = leastCommonMultiple(input.length, size);
  const bits = BigInt(input.length * 8);
  const value = BigInt(`0x${Buffer.from(input).toString('hex')}`);
  const copies = Array.from({ length: total / input.length }, (_, index) =>
    turnRight(value, bits, BigInt(13 * index)),
  );
  const long = Buffer.concat(copies.map((copy) => toBytes(copy, input.length)));
  const width = BigInt(size * 8);
  let sum = 0n;
  for (let offset = 0; offset < total; offset += size) {
    sum += BigInt(`0x${long.subarray(offset, offset + size).toString('hex')}`);
  }
  while (sum >> width !== 0n) sum = (sum & ((1n << width) - 1n)) + (sum >> width);
  return toBytes(sum, size);
}

function turnRight(value: bigint, bits: bigint, by: bigint): bigint {
  const turn = by % bits;
  return ((value >> turn) | (value << (bits - turn))) & ((1n << bits) - 1n);
}

function toBytes(value: bigint, size: number): Buffer {
  return Buffer.from(value.toString(16).padStart(size * 2, '0'), 'hex');
}

function leastCommonMultiple(one: number, other: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  return (one * other) / divisor(one, other);
}
