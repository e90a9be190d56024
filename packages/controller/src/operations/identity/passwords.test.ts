import { expect, test } from 'vitest';
import { maxHashes, Passwords } from './passwords.ts';

const passwords = new Passwords();

test('a password is known by its hash, and no other is', async () => {
  const hash = await passwords.hash('correct horse');
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(await passwords.verify('correct horse', hash)).toBe(true);
  expect(await passwords.verify('correct horsf', hash)).toBe(false);
  expect(await passwords.verify('', hash)).toBe(false);
});

test('two hashes of one password differ', async () => {
  expect(await passwords.hash('x')).not.toBe(await passwords.hash('x'));
});

test('the parameters are those of the hash: one made with others is still good', async () => {
  // argon2id of "password" with the salt "somesalt", m=256, t=2, p=1: a vector of the reference implementation.
  const hash = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
  expect(await passwords.verify('password', hash)).toBe(true);
  expect(await passwords.verify('passwore', hash)).toBe(false);
});

test('less work can be asked for', async () => {
  const hash = await new Passwords({ memory: 8, passes: 1, parallelism: 1 }).hash('correct horse');
  expect(hash).toContain('$m=8,t=1,p=1$');
  expect(await passwords.verify('correct horse', hash)).toBe(true);
  expect(await passwords.verify('correct horsf', hash)).toBe(false);
});

test('nobody is known without a hash', async () => {
  expect(await passwords.verify('anything', null)).toBe(false);
});

test('a hash of another form is an error, not a wrong password', async () => {
  await expect(passwords.verify('x', '$2b$12$abc')).rejects.toThrow('not of a form');
});

test.each([
  [1, 4, 1],
  [2, 4, 1],
  [4, 4, 2],
  [64, 4, 2],
  [64, 16, 14],
  [8, 1, 1],
])('of %i processors and %i threads %i hash at a time', (processors, threads, expected) => {
  expect(maxHashes(processors, threads)).toBe(expected);
});
