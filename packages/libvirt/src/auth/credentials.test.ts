import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readAuthFile } from './credentials.ts';

const folder = mkdtempSync(join(tmpdir(), 'ferry-auth-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, 'auth.conf');
  writeFileSync(path, text);
  return path;
}

const usual = `
# who may enter
[credentials-lab]
authname=ferry
password = se=cret

[credentials-all]
username=guest

[auth-libvirt-compute11]
credentials=lab

[auth-libvirt-default]
credentials=all
`;

test.each([
  ['compute11', { username: 'ferry', password: 'se=cret' }],
  ['compute12', { username: 'guest', password: undefined }],
])('%s has its credentials, or those of all', (host, credentials) => {
  expect(readAuthFile(file(usual), host)).toEqual(credentials);
});

test('a file without a word for libvirt has none', () => {
  expect(readAuthFile(file('[auth-esx-default]\ncredentials=x\n'), 'h')).toEqual({ username: null });
});

test.each([
  ['[auth-libvirt-default]\n', /does not say which "credentials"/],
  ['[auth-libvirt-default]\ncredentials=x\n', /\[credentials-x\].* is not there/],
  ['password\n', /line 1 is neither/],
  ['secret=1\n', /line 1 is neither/],
])('a file that cannot be used says why, and no secrets: %s', (text, why) => {
  const path = file(text);
  expect(() => readAuthFile(path, 'h')).toThrow(
    expect.objectContaining({ code: 'auth-required', message: expect.stringMatching(why) }),
  );
});

test('a file that is named must be there', () => {
  expect(() => readAuthFile('/nowhere/auth.conf', 'h')).toThrow(
    expect.objectContaining({ code: 'auth-required' }),
  );
});
