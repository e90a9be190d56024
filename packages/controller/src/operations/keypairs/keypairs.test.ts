import { execFileSync } from 'node:child_process';
import { createPrivateKey, createSign, createVerify } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeSshKey, readPublicKey } from './keypairs.ts';

// Of RFC 8709's kind; the fingerprint was made by `ssh-keygen -l -E md5`.
const known =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl a comment of several words';

test('a key that is brought is kept as it is, with the MD5 of its bytes', () => {
  const { publicKey, fingerprint } = readPublicKey('ssh', `${known}\n`);
  expect(publicKey).toBe(known);
  expect(fingerprint).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
});

test.each([
  ['no key', 'hello'],
  ['a kind that its bytes do not name', known.replace('ssh-ed25519', 'ssh-rsa')],
  ['two lines', `${known}\n${known}`],
  ['a command before it', `command="sh" ${known}`],
])('%s is refused', (_what, text) => {
  expect(() => readPublicKey('ssh', text)).toThrow('Keypair data is invalid');
});

test('what is no certificate is refused', () => {
  expect(() => readPublicKey('x509', known)).toThrow('X509');
});

test('a pair that was made fits: what one half signs, the other proves', async () => {
  const { privateKey, publicKey, fingerprint } = await makeSshKey('of the test');
  const signature = createSign('sha256').update('message').sign(privateKey);
  const proves = createVerify('sha256').update('message');
  expect(
    proves.verify(createPrivateKey(privateKey).export({ type: 'pkcs1', format: 'pem' }), signature),
  ).toBe(true);
  expect(readPublicKey('ssh', publicKey).fingerprint).toBe(fingerprint);
});

test.skipIf(!existsSync('/usr/bin/ssh-keygen'))(
  'OpenSSH reads both halves, and has the same fingerprint',
  async () => {
    const { privateKey, publicKey, fingerprint } = await makeSshKey('of the test');
    const directory = mkdtempSync(join(tmpdir(), 'ferry-key-'));
    try {
      const file = join(directory, 'key');
      writeFileSync(file, privateKey);
      chmodSync(file, 0o600);
      const derived = execFileSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' });
      expect(derived.trim().split(' ').slice(0, 2)).toEqual(publicKey.split(' ').slice(0, 2));
      writeFileSync(`${file}.pub`, publicKey);
      const told = execFileSync('ssh-keygen', ['-l', '-E', 'md5', '-f', `${file}.pub`], { encoding: 'utf8' });
      expect(told).toContain(`MD5:${fingerprint}`);
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
);
