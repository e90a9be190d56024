import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensurePrerequisites } from '@ferry/lab';
import { InstalledRoot } from './installed-root.ts';

const root = join(import.meta.dirname, '../..');
let folder: string;

/** Builds the Debian package under a version; gives its file. */
function built(version: string): string {
  const words = [join(root, 'tools/package/main.ts'), '--fast', '--folder', folder, '--version', version];
  return execFileSync(process.execPath, words, { encoding: 'utf8' }).trim();
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-package-'));
  await ensurePrerequisites(() => undefined, ['bookworm', 'trixie']);
  for (const version of ['0.1.0', '0.1.1']) built(version);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true }));

test('the unit is closed to all that a controller has no need of', () => {
  const said = execFileSync(
    'systemd-analyze',
    ['security', '--offline=true', '--no-pager', join(root, 'tools/package/debian/ferry.service')],
    { encoding: 'utf8' },
  );
  expect(Number(/Overall exposure level for ferry\.service: ([0-9.]+)/.exec(said)?.[1])).toBeLessThanOrEqual(
    2,
  );
});

describe.each(['bookworm', 'trixie'] as const)('on %s', (release) => {
  test('it is installed, set up, upgraded, removed and purged', async () => {
    using machine = new InstalledRoot(release);
    const install = (version: string): { code: number | null; out: string } => {
      copyFileSync(join(folder, `ferry_${version}_amd64.deb`), join(machine.path, 'ferry.deb'));
      return machine.run('dpkg', '-i', '/ferry.deb');
    };
    const first = install('0.1.0');
    expect([first.code, first.out]).toEqual([0, expect.stringContaining('ferry init')]);
    expect(machine.run('ferry', '--version')).toEqual({ code: 0, out: '0.1.0\n' });
    expect(machine.run('ferry', 'config', 'check').out).toContain('/etc/ferry/ferry.yaml is good');
    expect(machine.run('getent', 'passwd', 'ferry').out).toContain(':/var/lib/ferry:');
    expect(machine.run('stat', '-c', '%a %U', '/var/lib/ferry').out).toBe('700 ferry\n');
    expect(machine.run('sh', '-c', 'zcat /usr/share/man/man1/ferry.1.gz').out).toContain(
      'ferry live\\-migrate',
    );
    expect(machine.run('sh', '-c', 'bash -n /usr/share/bash-completion/completions/ferry').code).toBe(0);

    const setUp = machine.run('ferry', 'init', '--yes', '--listen', '0.0.0.0:8774', '--name', 'localhost');
    expect([setUp.code, setUp.out]).toEqual([0, expect.stringContaining('ferry host add')]);
    const stop = await machine.serve();
    const flavor = ['flavor', 'create', 'small', '--memory', '64', '--vcpus', '1'];
    expect(machine.run('ferry', ...flavor)).toMatchObject({ code: 0 });
    expect(await stop()).toBe(0);
    const key = readFileSync(join(machine.path, 'var/lib/ferry/secret.key'), 'utf8');

    const second = install('0.1.1');
    expect([second.code, second.out]).toEqual([0, expect.not.stringContaining('ferry init')]);
    // What was set up stays, and what it knows.
    expect(readFileSync(join(machine.path, 'etc/ferry/ferry.yaml'), 'utf8')).toContain('tls-cert');
    const again = await machine.serve();
    expect(machine.run('ferry', 'flavor', 'list').out).toContain('small');
    expect(await again()).toBe(0);

    expect(machine.run('dpkg', '-r', 'ferry').code).toBe(0);
    expect(machine.run('ferry', '--version').code).not.toBe(0);
    expect(readFileSync(join(machine.path, 'var/lib/ferry/secret.key'), 'utf8')).toBe(key);
    expect(machine.run('dpkg', '-P', 'ferry').code).toBe(0);
    for (const path of ['var/lib/ferry', 'etc/ferry', 'usr/lib/ferry', 'usr/bin/ferry'])
      expect([path, existsSync(join(machine.path, path))]).toEqual([path, false]);
    expect(machine.run('getent', 'passwd', 'ferry').code).not.toBe(0);
  });
});
