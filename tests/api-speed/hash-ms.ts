import { argon2Sync, randomBytes } from 'node:crypto';

/** The middle of so many hashes. */
const hashes = 15;

/** How long one hash of a password takes on this machine, with what `ferry serve` hashes with (OWASP's for argon2id). */
export function hashMs(): number {
  const times = Array.from({ length: hashes }, () => {
    const began = performance.now();
    argon2Sync('argon2id', {
      message: 'a password',
      nonce: randomBytes(16),
      memory: 19_456,
      passes: 2,
      parallelism: 1,
      tagLength: 32,
    });
    return performance.now() - began;
  });
  return times.toSorted((a, b) => a - b)[Math.floor(hashes / 2)] ?? Number.NaN;
}
