import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HostUris } from './host-uris.ts';
import { HostsFile } from './hosts-file.ts';

const keyed = 'qemu+ssh://root@compute11/system?keyfile=/etc/ferry/key';
let folder: string;
let files = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-hosts-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileWith(text: string, mode = 0o600): string {
  files += 1;
  const path = join(folder, `${files}.yaml`);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const whyNotPlain = (uri: string): string[] => (uri.includes('?') ? ['it has a parameter'] : []);

test('what stands in it is allowed, each list for itself and letter by letter', () => {
  const uris = new HostUris(new HostsFile(fileWith(`uris:\n  - ${keyed}\n`)), whyNotPlain);
  expect(uris.whyNot(keyed)).toBeNull();
  expect(uris.whyNotPeer(keyed)).toContain('under "peerUris" in');
  expect(uris.whyNot(`${keyed}&command=/bin/sh`)).toContain('under "uris" in');
  expect(uris.whyNotHost({ uri: keyed, peerUri: 'qemu+tls://compute11/system' })).toBeNull();
  expect(uris.whyNotHost({ uri: keyed, peerUri: keyed })).toContain(
    `its peer URI ${keyed} is not plain: it has a parameter. Only`,
  );
});

test('it is read again when it has changed, and is nothing when it is gone', () => {
  const path = fileWith('peerUris: []\n');
  const uris = new HostUris(new HostsFile(path), whyNotPlain);
  expect(uris.whyNot(keyed)).not.toBeNull();
  writeFileSync(path, `uris: ["${keyed}"]\n# more\n`);
  expect(uris.whyNot(keyed)).toBeNull();
  rmSync(path);
  expect(uris.whyNot(keyed)).toContain(`in ${path}`);
});

test.each([
  ['uris: {}\n', '"uris" and "peerUris"'],
  ['uris: [1]\n', '"uris" and "peerUris"'],
  ['urls: []\n', '"uris" and "peerUris"'],
  ['- qemu:///system\n', '"uris" and "peerUris"'],
  ['uris: [\n', 'is no YAML'],
])('%j counts for nothing, and is told', (text, why) => {
  const path = fileWith(text);
  expect(new HostsFile(path).allowed).toEqual({ kind: 'bad', why: expect.stringContaining(why) });
});

test.each([0o620, 0o602, 0o666])('with the mode %o it counts for nothing', (mode) => {
  const path = fileWith(`uris: ["${keyed}"]\n`, mode);
  const file = new HostsFile(path);
  expect(file.allowed).toEqual({ kind: 'bad', why: expect.stringContaining(`chmod go-w ${path}`) });
  expect(new HostUris(file, whyNotPlain).whyNot(keyed)).toContain(`has the mode ${mode.toString(8)}`);
});

test.runIf(process.geteuid?.() === 0)('of another user it counts for nothing', () => {
  const path = fileWith(`uris: ["${keyed}"]\n`);
  const file = new HostsFile(path);
  expect(file.allowed.kind).toBe('read');
  chownSync(path, 12_345, 0);
  expect(file.allowed).toEqual({ kind: 'bad', why: expect.stringContaining('belongs to the user 12345') });
});

test('what is too long, no file, or not there', () => {
  const long = fileWith(`# ${'x'.repeat(1024 * 1024)}\n`);
  expect(new HostsFile(long).allowed).toMatchObject({ why: expect.stringContaining('1048576 are the most') });
  const directory = join(folder, 'directory');
  mkdirSync(directory);
  expect(new HostsFile(directory).allowed).toMatchObject({ why: `${directory} is no file` });
  expect(new HostsFile(join(folder, 'nothing')).allowed).toEqual({ kind: 'none' });
  expect(new HostsFile(fileWith('')).allowed).toMatchObject({ kind: 'read' });
});

test('a password in a URI is not repeated', () => {
  const uris = new HostUris(new HostsFile('/nowhere'), () => ['it has a password']);
  expect(uris.whyNot('qemu+ssh://ann:secret@h/system')).not.toContain('secret');
});
