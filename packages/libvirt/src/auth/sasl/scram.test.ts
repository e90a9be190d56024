import { expect, test } from 'vitest';
import { scram, type ScramHash } from './scram.ts';

const text = (message: Uint8Array | null): string => Buffer.from(message ?? []).toString('utf8');
const bytes = (message: string): Buffer => Buffer.from(message, 'utf8');
const user = { username: 'user', password: 'pencil' };

/** The conversations that RFC 5802 and RFC 7677 give as examples. */
const examples: readonly {
  readonly hash: ScramHash;
  readonly nonce: string;
  readonly said: readonly [client: string, server: string, client: string, server: string];
}[] = [
  {
    hash: 'sha1',
    nonce: 'fyko+d2lbbFgONRv9qkxdawL',
    said: [
      'n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL',
      'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
      'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
      'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
    ],
  },
  {
    hash: 'sha256',
    nonce: 'rOprNGfwEbeRWgbNEkqO',
    said: [
      'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
      'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
      'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
    ],
  },
];

test.each(examples)('the conversation of the standard with $hash', async ({ hash, nonce, said }) => {
  const exchange = scram(hash, user, nonce);
  expect(text(await exchange.first())).toBe(said[0]);
  expect(text(await exchange.next(bytes(said[1])))).toBe(said[2]);
  expect(exchange.done).toBe(false);
  expect(await exchange.next(bytes(said[3]))).toBeNull();
  expect(exchange.done).toBe(true);
});

test('a daemon that does not know the password is found out', async () => {
  const exchange = scram('sha256', user, 'abc');
  await exchange.next(bytes('r=abcdef,s=c2FsdA==,i=4096'));
  await expect(exchange.next(bytes('v=AAAA'))).rejects.toThrow('did not prove that it knows the password');
  expect(exchange.done).toBe(false);
});

test.each([
  ['another nonce than ours', 'r=xyzdef,s=c2FsdA==,i=4096', 'another SCRAM exchange'],
  ['nothing added to our nonce', 'r=abc,s=c2FsdA==,i=4096', 'another SCRAM exchange'],
  ['too few iterations', 'r=abcdef,s=c2FsdA==,i=10', '10 iterations'],
  ['so many iterations that we would hang', 'r=abcdef,s=c2FsdA==,i=999999999', '999999999 iterations'],
  ['something else', 'e=other-error', 'malformed'],
])('%s is refused', async (_, serverFirst, why) => {
  const exchange = scram('sha256', user, 'abc');
  await expect(exchange.next(bytes(serverFirst))).rejects.toThrow(why);
});

test('names are escaped, and characters are brought to one form', async () => {
  const exchange = scram('sha256', { username: 'a=b,\u212bngstr\u00f6m', password: 'x' }, 'abc');
  expect(text(await exchange.first())).toBe('n,,n=a=3Db=2C\u00c5ngstr\u00f6m,r=abc');
  expect(() => scram('sha256', { username: 'a\nb', password: 'x' })).toThrow('control character');
});
