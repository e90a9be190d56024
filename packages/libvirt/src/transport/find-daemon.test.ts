import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../connect.ts';
import { FakeDaemon } from '../rpc/fake-daemon.test-support.ts';
import { clientConfig, clientConfigPath, findDaemon } from './client-config.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-conf-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function conf(text: string): string {
  const file = join(folder, 'libvirt.conf');
  writeFileSync(file, text);
  return file;
}

async function uriFor(uri: string, text: string, env = {}): Promise<string> {
  return (await findDaemon(uri, { configFile: conf(text) }, env)).driverUri;
}

test('an alias stands for its URI, once', async () => {
  const aliases = 'uri_aliases = [ "a=test:///a", "b=a", "a=test:///second", "odd=" ]';
  expect(await uriFor('a', aliases)).toBe('test:///a');
  await expect(uriFor('b', aliases)).rejects.toMatchObject({ code: 'unsupported-uri' });
  await expect(uriFor('c', aliases)).rejects.toMatchObject({ code: 'unsupported-uri' });
  expect(await uriFor('qemu:///system', aliases)).toBe('qemu:///system');
});

test('no URI is that of the environment, then that of the file, then the choice of the daemon', async () => {
  const text = 'uri_default = "test:///file"\nuri_aliases = [ "a=test:///a" ]';
  expect(await uriFor('', text, { LIBVIRT_DEFAULT_URI: 'test:///environment' })).toBe('test:///environment');
  expect(await uriFor('', text, { LIBVIRT_DEFAULT_URI: 'a' })).toBe('test:///a');
  expect(await uriFor('', text, { LIBVIRT_DEFAULT_URI: '' })).toBe('test:///file');
  expect(await uriFor('', '')).toBe('');
  expect((await findDaemon('', { configFile: null }, {})).driverUri).toBe('');
});

test('what the file says of ways holds where the URI says nothing', async () => {
  const configFile = conf('remote_mode = "legacy"\nremote_proxy = "netcat"');
  const quiet = await findDaemon('qemu+ssh://h/system', { configFile });
  expect(quiet).toMatchObject({ mode: 'legacy', proxy: 'netcat' });
  const loud = await findDaemon('qemu+ssh://h/system?mode=direct&proxy=native', { configFile });
  expect(loud).toMatchObject({ mode: 'direct', proxy: 'native' });
});

test('a file that is not there says nothing; one that cannot be read is an error', async () => {
  expect((await findDaemon('test:///a', { configFile: join(folder, 'none') }, {})).driverUri).toBe(
    'test:///a',
  );
  await expect(findDaemon('test:///a', { configFile: folder }, {})).rejects.toMatchObject({
    code: 'bad-configuration',
    message: expect.stringContaining(folder),
  });
});

test('connecting goes by it', async () => {
  await using daemon = await FakeDaemon.start();
  const configFile = conf(`uri_aliases = [ "lab=${daemon.uri}" ]`);
  await (await connect('lab', { configFile })).close();
  const broken = conf('\nuri_aliases = [');
  await expect(connect('lab', { configFile: broken })).rejects.toMatchObject({
    code: 'bad-configuration',
    mayHaveRun: false,
    message: expect.stringContaining(`${broken}:2: `),
  });
});

test.each([
  ['uri_aliases = "a=test:///a"', 'uri_aliases'],
  ['uri_aliases = [ "a" ]', 'ALIAS=URI'],
  ['uri_aliases = [ 1 ]', 'ALIAS=URI'],
  ['uri_aliases = [ "a b=test:///a" ]', 'letters, digits'],
  ['uri_default = 1', 'uri_default'],
  ['remote_mode = "indirect"', 'legacy'],
  ['remote_proxy = "socat"', 'netcat'],
])('%s is refused with its line', (text, what) => {
  expect(() => clientConfig(`# first\n${text}`, 'libvirt.conf')).toThrow(
    expect.objectContaining({
      code: 'bad-configuration',
      message: expect.stringMatching(new RegExp(`^libvirt.conf:2: .*${what}`)),
    }),
  );
});

test('root has the file of the system, everybody else their own', () => {
  expect(clientConfigPath(0, { HOME: '/root' })).toBe('/etc/libvirt/libvirt.conf');
  expect(clientConfigPath(7, { HOME: '/home/ann' })).toBe('/home/ann/.config/libvirt/libvirt.conf');
  expect(clientConfigPath(7, { XDG_CONFIG_HOME: '/c' })).toBe('/c/libvirt/libvirt.conf');
});
