/** How much of the base image is not zero, from its beginning. */
export const baseContentMib = 48;
const wordCount = (baseContentMib << 20) / 4;

/** The known content of the base image: pseudo-random words, the same every time, which do not compress. */
export function baseContent(): Buffer {
  const words = new Uint32Array(wordCount);
  let x = 0x9e_37_79_b9;
  for (let index = 0; index < wordCount; index += 1) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    words[index] = x;
  }
  return Buffer.from(words.buffer);
}

/** The checksum that a guest prints for content (guest/guestd.c has the same sum): two lanes of multiply and rotate. */
export function guestChecksum(content: Buffer): string {
  const words = new Uint32Array(content.buffer, content.byteOffset, content.length / 4);
  let a = 1;
  let b = 2;
  for (let index = 0; index < words.length; index += 2) {
    a = Math.imul(a ^ (words[index] ?? 0), 0x9e_37_79_b1);
    a = (a << 13) | (a >>> 19);
    b = Math.imul(b ^ (words[index + 1] ?? 0), 0x85_eb_ca_6b);
    b = (b << 17) | (b >>> 15);
  }
  return hex(a) + hex(b);
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
