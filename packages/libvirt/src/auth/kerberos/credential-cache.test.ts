import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeCredentialCache } from './cache-file.test-support.ts';
import { readCredentialCache, type Ticket } from './credential-cache.ts';
import { KerberosError } from './kerberos-error.ts';

const ann = { nameType: 1, names: ['ann'], realm: 'LAB.EXAMPLE' };
const ticket: Ticket = {
  client: ann,
  server: { nameType: 3, names: ['libvirt', 'compute11.lab.example'], realm: 'LAB.EXAMPLE' },
  key: { type: 18, bytes: randomBytes(32) },
  bytes: randomBytes(300),
};
const other = { ...ticket, server: { ...ticket.server, names: ['krbtgt', 'LAB.EXAMPLE'] } };

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

test('tickets are read with their keys, settings of the cache are none of them', () => {
  expect(readCredentialCache(encodeCredentialCache(ann, [other, ticket]))).toEqual([other, ticket]);
});

test('a cache without tickets has none', () => {
  expect(readCredentialCache(encodeCredentialCache(ann, []))).toEqual([]);
});

test('a cache that is cut anywhere but between two tickets is refused', () => {
  const whole = encodeCredentialCache(ann, [ticket]);
  const betweenTickets = encodeCredentialCache(ann, []).length;
  const readable: number[] = [];
  for (let end = 0; end < whole.length; end += 1) {
    if (outcomeOf(() => readCredentialCache(whole.subarray(0, end))) === 'read') readable.push(end);
  }
  // The first is before the setting, which is kept as a ticket.
  expect(readable).toEqual([expect.any(Number), betweenTickets]);
});

test('another format is refused', () => {
  const bytes = encodeCredentialCache(ann, [ticket]);
  bytes.writeUInt8(1, 1);
  expect(() => readCredentialCache(bytes)).toThrow('none of format 4');
});

test('whatever the file has is either read or refused, and soon', () => {
  const whole = encodeCredentialCache(ann, [other, ticket]);
  const spoilt = fc
    .array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
    .map((changes) => {
      const bytes = Buffer.from(whole);
      for (const [at, value] of changes) bytes.writeUInt8(value, at);
      return bytes;
    });
  const garbage = fc
    .uint8Array({ maxLength: 200 })
    .map((bytes) => Buffer.concat([Buffer.from('05040000', 'hex'), bytes]));
  fc.assert(
    fc.property(fc.oneof(spoilt, garbage), (bytes) => {
      expect(outcomeOf(() => readCredentialCache(bytes))).toMatch(/read|refused/);
    }),
    { numRuns: 2_000 },
  );
});
