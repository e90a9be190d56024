import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as der from './der.ts';
import { KerberosError } from './kerberos-error.ts';

test('numbers, short and long lengths', () => {
  expect(der.integer(0).toString('hex')).toBe('020100');
  expect(der.integer(128).toString('hex')).toBe('02020080');
  expect(der.integer(0xffff_ffff).toString('hex')).toBe('020500ffffffff');
  expect(der.octets(Buffer.alloc(200)).subarray(0, 3).toString('hex')).toBe('0481c8');
  expect(der.octets(Buffer.alloc(300)).subarray(0, 4).toString('hex')).toBe('0482012c');
  expect(der.time(new Date('2024-02-03T04:05:06.789Z')).toString('latin1')).toContain('20240203040506Z');
  expect(der.bits32(0x2000_0000).toString('hex')).toBe('03050020000000');
});

test('fields come back by their numbers', () => {
  fc.assert(
    fc.property(
      fc.nat(0xffff_ffff),
      fc.uint8Array(),
      fc.string({ unit: 'grapheme' }),
      (number, octets, text) => {
        const message = der.application(
          14,
          der.fields({ 0: der.integer(number), 2: undefined, 3: der.octets(octets), 7: der.text(text) }),
        );
        const found = der.decodeMessage(message, 14);
        expect([...found.keys()]).toEqual([0, 3, 7]);
        expect(der.integerOf(found.get(0))).toBe(number);
        expect(der.octetsOf(found.get(3))).toEqual(Buffer.from(octets));
        expect(der.textOf(found.get(7))).toBe(text);
      },
    ),
  );
});

test.each([
  ['nothing', ''],
  ['a length beyond the end', '0405aa'],
  ['a length of four gigabytes', '6e84ffffffff'],
  ['a length without one', '6e80'],
  ['a length of length too long', '6e850000000001'],
  ['another message', '6f023000'],
  ['a field without a number', '6e0530030401aa'],
])('%s is refused', (_, hex) => {
  expect(() => der.decodeMessage(Buffer.from(hex, 'hex'), 14)).toThrow(KerberosError);
});

/** Whether something is read, or refused by name; anything else is thrown. */
function outcomeOf(read: () => unknown): 'read' | 'refused' {
  try {
    read();
    return 'read';
  } catch (error) {
    if (error instanceof KerberosError) return 'refused';
    throw error;
  }
}

test('whatever comes is either read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (garbage) => {
      expect(outcomeOf(() => der.decodeMessage(Buffer.from(garbage), 14))).toMatch(/read|refused/);
    }),
  );
});
