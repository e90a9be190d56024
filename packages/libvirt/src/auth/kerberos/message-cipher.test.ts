import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KerberosError } from './kerberos-error.ts';
import { type KerberosKey, messageCipher } from './message-cipher.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const short = { type: 19, bytes: bytes('3705D960 80C17728 A0E800EA B6E0D23C') };
const long = {
  type: 20,
  bytes: bytes('6D404D37 FAF79F9D F0D33568 D3206698 00EB4836 472EA8A0 26D16B71 82460C52'),
};

/** RFC 8009, appendix A, "Sample encryptions": key usage 2. */
test.each<[KerberosKey, string, string]>([
  [short, '', 'EF85FB89 0BB8472F 4DAB2039 4DCA781D AD877EDA 39D50C87 0C0D5A0A 8E48C718'],
  [
    short,
    '000102030405',
    '84D7F307 54ED987B AB0BF350 6BEB09CF B55402CE F7E6877C E99E247E 52D16ED4 421DFDF8 976C',
  ],
  [long, '', '41F53FA5 BFE7026D 91FAF9BE 959195A0 58707273 A96A40F0 A0196062 1AC61274 8B9BBFBE 7EB4CE3C'],
])('an example of the standard is opened', (key, plain, cipherText) => {
  expect(messageCipher(key, 2).decrypt(bytes(cipherText))).toEqual(bytes(plain));
});

/** RFC 8009, appendix A, "Sample checksums". */
test.each<[KerberosKey, string]>([
  [short, 'D7836718 6643D67B 411CBA91 39FC1DEE'],
  [long, '45EE7915 67EEFCA3 7F4AC1E0 222DE80D 43C3BFA0 6699672A'],
])('a checksum of the standard', (key, checksum) => {
  const data = Buffer.from(Array.from({ length: 21 }, (_, index) => index));
  expect(messageCipher(key, 2).checksum(data)).toEqual(bytes(checksum));
  messageCipher(key, 2).verify(data, bytes(checksum));
});

test.each([
  [17, 16],
  [18, 32],
  [19, 16],
  [20, 32],
])('type %i: what was encrypted comes back; changed, cut or of another use it does not', (type, size) => {
  const key = { type, bytes: randomBytes(size) };
  const cipher = messageCipher(key, 22);
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 100 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (plain, at, by) => {
        const encrypted = cipher.encrypt(plain);
        expect(encrypted).toHaveLength(plain.length + cipher.overheadBytes);
        expect(cipher.decrypt(encrypted)).toEqual(Buffer.from(plain));
        expect(() => messageCipher(key, 24).decrypt(encrypted)).toThrow(KerberosError);
        expect(() => cipher.decrypt(encrypted.subarray(0, at % encrypted.length))).toThrow(KerberosError);
        const place = at % encrypted.length;
        encrypted.writeUInt8((encrypted[place] ?? 0) ^ by, place);
        expect(() => cipher.decrypt(encrypted)).toThrow(KerberosError);
      },
    ),
  );
});

test('types that are broken, and keys of a wrong length, are refused', () => {
  expect(() => messageCipher({ type: 23, bytes: randomBytes(16) }, 1)).toThrow(
    'type 23 is not one of 17, 18',
  );
  expect(() => messageCipher({ type: 18, bytes: randomBytes(16) }, 1)).toThrow('wrong length');
});
