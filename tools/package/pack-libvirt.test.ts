import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packLibvirt } from './pack-libvirt.ts';

let folder: string;
let installed: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-package-'));
  installed = join(folder, 'node_modules/@ferry/libvirt');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', packLibvirt(folder), '--strip-components=1', '-C', installed]);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (code: string): string => {
  const file = join(folder, 'use.mjs');
  writeFileSync(file, code);
  return execFileSync(process.execPath, [file], { encoding: 'utf8' });
};

test('the package has what it exports, by the word of publint', async () => {
  expect((await publint({ pkgDir: installed, strict: true, pack: false })).messages).toEqual([]);
});

test('it carries no tests, and no sources that Node would have to strip', () => {
  const files = readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' });
  expect(files.filter((file) => /\.test\.|test-support/.test(file))).toEqual([]);
  expect(files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))).toEqual([]);
});

test('it runs away from this repository, and its errors are its own', () => {
  const said = run(`
    import { ClientError, connect, parseLibvirtUri } from '@ferry/libvirt';
    console.log(parseLibvirtUri('qemu+tls://host/system').address.port);
    const error = await connect('qemu+unix:///system?socket=/no/such/socket').catch((caught) => caught);
    console.log(error instanceof ClientError, error.code);
  `);
  expect(said).toBe('16514\ntrue connect-failed\n');
});

test('whoever uses it with TypeScript gets the types of each procedure', () => {
  const lines = [
    "import { connect } from '@ferry/libvirt';",
    "const connection = await connect('test:///default');",
    "const { state } = await connection.call('domainGetState', { dom: { name: '', uuid: '', id: 1 }, flags: 0 });",
    'const number: number = state;',
    '// @ts-expect-error -- it is a number',
    'const text: string = state;',
    '// @ts-expect-error -- there is no such procedure',
    "await connection.call('domainFly', {});",
    'console.log(number, text);',
  ];
  writeFileSync(join(folder, 'use.ts'), lines.join('\n'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const options = ['--noEmit', '--strict', '--target', 'es2024', '--module', 'nodenext', '--types', 'node'];
  const types = join(import.meta.dirname, '../../node_modules/@types');
  const tsc = join(import.meta.dirname, '../../node_modules/.bin/tsc');
  const args = [...options, '--typeRoots', types, join(folder, 'use.ts')];
  expect(execFileSync(tsc, args, { cwd: folder, encoding: 'utf8' })).toBe('');
});
