import { expect, test } from 'vitest';
import { deriveByFolding, deriveByHash, type KeyPurpose, keyConstant } from './derive-key.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

/** RFC 3962, appendix B: the key of "password" in ATHENA.MIT.EDU for "raeburn", with one and with 1200 iterations. */
test.each([
  ['cdedb5281bb2f801565a1122b2563515', '42263c6e89f4fc28b8df68ee09799f15'],
  [
    'cdedb5281bb2f801565a1122b25635150ad1f7a04bb9f3a333ecc0e2e1f70837',
    'fe697b52bc0d3ce14432ba036a92e65bbb52280990a2fa27883998d72af30161',
  ],
  ['5c08eb61fdf71e4e4ec3cf6ba1f5512b', '4c01cd46d632d01e6dbe230a01ed642a'],
])('the key that is derived from %s', (key, derived) => {
  expect(deriveByFolding(bytes(key), Buffer.from('kerberos')).toString('hex')).toBe(derived);
});

const short = '3705D960 80C17728 A0E800EA B6E0D23C';
const long = '6D404D37 FAF79F9D F0D33568 D3206698 00EB4836 472EA8A0 26D16B71 82460C52';

/** RFC 8009, appendix A, "Sample results for key derivation". */
test.each<[string, KeyPurpose, 'sha256' | 'sha384', string]>([
  [short, 'checksum', 'sha256', 'B31A018A 48F54776 F403E9A3 96325DC3'],
  [short, 'encryption', 'sha256', '9B197DD1 E8C5609D 6E67C3E3 7C62C72E'],
  [short, 'integrity', 'sha256', '9FDA0E56 AB2D85E1 569A6886 96C26A6C'],
  [long, 'checksum', 'sha384', 'EF5718BE 86CC8496 3D8BBB50 31E9F5C4 BA41F28F AF69E73D'],
  [long, 'encryption', 'sha384', '56AB22BE E63D82D7 BC5227F6 773F8EA7 A5EB1C82 5160C383 12980C44 2E5C7E49'],
  [long, 'integrity', 'sha384', '69B16514 E3CD8E56 B82010D5 C73012B6 22C4D00F FC23ED1F'],
])('from %s for %s with %s', (key, purpose, hash, derived) => {
  const expected = bytes(derived);
  expect(deriveByHash(hash, bytes(key), keyConstant(2, purpose), expected.length)).toEqual(expected);
});
