import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decryptCts, encryptCts } from './aes-cts.ts';

const key = Buffer.from('chicken teriyaki');
const text = Buffer.from("I would like the General Gau's Chicken, please, and wonton soup.");

/** RFC 3962, appendix B. */
test.each([
  [17, 'c6353568f2bf8cb4d8a580362da7ff7f97'],
  [31, 'fc00783e0efdb2c1d445d4c8eff7ed2297687268d6ecccc0c07b25e25ecfe5'],
  [32, '39312523a78662d5be7fcbcc98ebf5a897687268d6ecccc0c07b25e25ecfe584'],
  [47, '97687268d6ecccc0c07b25e25ecfe584b3fffd940c16a18c1b5549d2f838029e39312523a78662d5be7fcbcc98ebf5'],
  [48, '97687268d6ecccc0c07b25e25ecfe5849dad8bbb96c4cdc03bc103e1a194bbd839312523a78662d5be7fcbcc98ebf5a8'],
  [
    64,
    '97687268d6ecccc0c07b25e25ecfe58439312523a78662d5be7fcbcc98ebf5a84807efe836ee89a526730dbc2f7bc8409dad8bbb96c4cdc03bc103e1a194bbd8',
  ],
])('the example of the standard with %i bytes, both ways', (bytes, cipherText) => {
  const plain = text.subarray(0, bytes);
  expect(encryptCts(key, plain).toString('hex')).toBe(cipherText);
  expect(decryptCts(key, Buffer.from(cipherText, 'hex'))).toEqual(plain);
});

test('any text of one block or more comes back, and is as long when it is encrypted', () => {
  const wide = randomBytes(32);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 200 }), (plain) => {
      const encrypted = encryptCts(wide, plain);
      expect(encrypted).toHaveLength(plain.length);
      expect(decryptCts(wide, encrypted)).toEqual(Buffer.from(plain));
    }),
  );
});
