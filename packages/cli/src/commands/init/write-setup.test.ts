import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSettings } from '../settings-file.ts';
import { askForSetup, SetUpError } from './ask-for-setup.ts';
import { writeSetup } from './write-setup.ts';

const nothing = { listen: null, tls: null, names: null, database: null };
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-init-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const place = (force = false): Parameters<typeof writeSetup>[1] => ({
  config: join(folder, 'etc/ferry.yaml'),
  dataDirectory: join(folder, 'data'),
  force,
});
const settingsOf = (path: string): readonly (readonly string[])[] =>
  readSettings(path).settings.map(({ words }) => words);

test('with nothing said it is for this machine alone, without TLS', async () => {
  const written = await writeSetup(await askForSetup(nothing, true), place());
  expect(written).toMatchObject({ url: 'http://127.0.0.1:8774', authority: null });
  expect(settingsOf(written.config)).toEqual([
    ['--data-dir', join(folder, 'data')],
    ['--listen', '127.0.0.1:8774'],
  ]);
  expect(statSync(written.config).mode & 0o777).toBe(0o640);
});

test('open to others it gets an authority of its own and a certificate for its names', async () => {
  const setup = await askForSetup(
    { ...nothing, listen: '0.0.0.0:8774', names: ['ferry.example.org', '10.0.0.5'] },
    true,
  );
  const written = await writeSetup(setup, place());
  expect(written.url).toBe('https://localhost:8774');
  const authority = new X509Certificate(readFileSync(written.authority ?? ''));
  const own = new X509Certificate(readFileSync(join(folder, 'etc/tls/server.crt')));
  expect(own.verify(authority.publicKey)).toBe(true);
  expect(own.checkHost('ferry.example.org')).toBe('ferry.example.org');
  expect(own.checkIP('10.0.0.5')).toBe('10.0.0.5');
  expect(own.checkHost('other.example.org')).toBeUndefined();
  expect([authority.ca, own.ca]).toEqual([true, false]);
  expect(statSync(join(folder, 'etc/tls/ca.key')).mode & 0o777).toBe(0o600);
  expect(settingsOf(written.config).flat()).toContain(join(folder, 'etc/tls/server.key'));
});

test('settings that somebody has made stay, and nothing is written beside them', async () => {
  const setup = await askForSetup({ ...nothing, tls: 'own', listen: '0.0.0.0:8774', names: ['x'] }, true);
  const first = await writeSetup(await askForSetup(nothing, true), place());
  writeFileSync(first.config, 'region: Mine\n');
  const refused = writeSetup(setup, place());
  await expect(refused).rejects.toThrow(SetUpError);
  await expect(refused).rejects.toThrow('region');
  expect(readFileSync(first.config, 'utf8')).toBe('region: Mine\n');
  expect(existsSync(join(folder, 'etc/tls'))).toBe(false);
  const forced = await writeSetup(setup, place(true));
  expect(readFileSync(`${forced.config}.former`, 'utf8')).toBe('region: Mine\n');
  // The next former settings are kept beside the first.
  await writeSetup(await askForSetup(nothing, true), place(true));
  expect(readFileSync(`${forced.config}.former`, 'utf8')).toBe('region: Mine\n');
  expect(readFileSync(`${forced.config}.former.2`, 'utf8')).toContain('tls-cert');
});

test('an authority that clients may believe already is not made anew', async () => {
  const setup = await askForSetup({ ...nothing, listen: '0.0.0.0:8774', names: ['x'] }, true);
  await writeSetup(setup, place());
  const key = readFileSync(join(folder, 'etc/tls/ca.key'), 'utf8');
  await expect(writeSetup(setup, place(true))).rejects.toThrow('may believe that authority');
  expect(readFileSync(join(folder, 'etc/tls/ca.key'), 'utf8')).toBe(key);
});

test('a certificate that stands where one would be made is not written over', async () => {
  const setup = await askForSetup({ ...nothing, listen: '0.0.0.0:8774', names: ['x'] }, true);
  mkdirSync(join(folder, 'etc/tls'), { recursive: true });
  writeFileSync(join(folder, 'etc/tls/server.key'), 'of somebody else');
  await expect(writeSetup(setup, place())).rejects.toThrow('server.key is there already');
  expect(readFileSync(join(folder, 'etc/tls/server.key'), 'utf8')).toBe('of somebody else');
  expect(existsSync(join(folder, 'etc/ferry.yaml'))).toBe(false);
});

test.each([
  [{ listen: 'nowhere' }, 'no address'],
  [{ listen: '10.0.0.1:99999' }, 'no address'],
  [{ tls: 'maybe' }, 'none of them'],
  [{ listen: '0.0.0.0:1', names: ['a b'] }, 'No name or address: "a b"'],
])('%j is refused before anything is written', async (said, why) => {
  await expect(askForSetup({ ...nothing, ...said }, true)).rejects.toThrow(why);
});

test('files that are no certificate are refused with what is wrong', async () => {
  writeFileSync(join(folder, 'x'), 'x');
  const setup = await askForSetup({ ...nothing, tls: `${folder}/x,${folder}/x` }, true);
  await expect(writeSetup(setup, place())).rejects.toThrow('is no certificate in PEM');
});
