/** A processor map as python gives it: whether each of so many processors is in it. */
export function bits(map: Uint8Array, count: number): boolean[] {
  return Array.from({ length: count }, (_, index) => (((map[index >> 3] ?? 0) >> (index & 7)) & 1) === 1);
}
