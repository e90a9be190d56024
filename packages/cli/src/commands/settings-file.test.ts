import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SettingsError } from './settings-error.ts';
import { readSettings, withSettings } from './settings-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-settings-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string, mode = 0o600): string {
  const path = join(folder, 'ferry.yaml');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

test('the options of serve without their dashes, put before what the command line says itself', () => {
  const path = file(`data-dir: /srv/ferry
watch-interval: 30
quota: { instances: 20, ram: -1 }
trusted-proxy: [10.0.0.1, 10.1.0.0/24]
`);
  expect(withSettings(['node', 'ferry', 'serve', '--config', path, '--watch-interval', '5'])).toEqual([
    ...'node ferry serve --data-dir /srv/ferry --watch-interval 30 --quota instances=20,ram=-1'.split(' '),
    ...'--trusted-proxy 10.0.0.1 --trusted-proxy 10.1.0.0/24 --config'.split(' '),
    path,
    '--watch-interval',
    '5',
  ]);
});

test('without a file the command line stays as it is', () => {
  expect(withSettings(['node', 'ferry', 'serve'])).toEqual(['node', 'ferry', 'serve']);
});

test('all that is wrong is said at once, with what may have been meant', () => {
  const { problems } = readSettings(
    file(`listen: nowhere
watch_interval: 5
publicUrl: https://x
lease: 0
rotate-key: true
constructor: 1
region: [null]
`),
  );
  expect(problems).toEqual([
    'listen: host:port is wanted, for example 127.0.0.1:8774.',
    'watch_interval: there is no such setting; is watch-interval meant?',
    'publicUrl: there is no such setting; is public-url meant?',
    'lease: a whole number from 1 is wanted.',
    'rotate-key: there is no such setting (`ferry serve --help` has all of them)',
    'constructor: there is no such setting (`ferry serve --help` has all of them)',
    'region: a value is wanted',
  ]);
});

test.each([
  ['[1, 2]', 'it holds no settings'],
  ['a: [', 'it is no YAML'],
  ['just words', 'it holds no settings'],
  ['a: &a [1]\nb: [*a]', 'Alias'],
])('%s is refused', (text, why) => {
  expect(readSettings(file(text)).problems.join(' ')).toContain(why);
});

test('nothing at all is no setting, and good', () => {
  expect(readSettings(file('# nothing\n'))).toMatchObject({ settings: [], problems: [] });
});

test('a file that others may write to is not believed: it names programs', () => {
  const path = file('fence-hook: /tmp/x\n', 0o666);
  expect(() => withSettings(['node', 'ferry', 'serve', `--config=${path}`])).toThrow(SettingsError);
  expect(() => withSettings(['node', 'ferry', 'serve', `--config=${path}`])).toThrow('mode 666');
});

test('one that is not there is said', () => {
  expect(() => withSettings(['node', 'ferry', 'serve', '--config', '/nowhere/ferry.yaml'])).toThrow(
    '/nowhere/ferry.yaml',
  );
});

test('the settings that are shipped are good, and say nothing but what is usual', () => {
  const shipped = readFileSync(
    join(import.meta.dirname, '../../../../tools/package/debian/ferry.yaml'),
    'utf8',
  );
  const { settings, problems } = readSettings(file(shipped));
  expect(problems).toEqual([]);
  expect(settings.map(({ words }) => words)).toEqual([
    ['--data-dir', '/var/lib/ferry'],
    ['--listen', '127.0.0.1:8774'],
  ]);
});
