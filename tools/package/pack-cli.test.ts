import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packCli } from './pack-cli.ts';

let folder: string;
let installed: string;
const ferry = (...words: string[]): string =>
  execFileSync(join(installed, 'node_modules/.bin/ferry'), words, { encoding: 'utf8' });

/** Installed as anybody would, and without a registry: nothing has to be fetched. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-cli-'));
  installed = join(folder, 'elsewhere');
  mkdirSync(installed);
  writeFileSync(join(installed, 'package.json'), '{"private":true}');
  const archive = await packCli(folder);
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', archive], { cwd: installed });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the command runs away from this repository', { tags: ['thorough'] }, () => {
  expect(ferry('--help')).toContain('Moves virtual machines between libvirt/QEMU hosts');
  expect(ferry('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(ferry('live-migrate', '--help')).toContain('ferry live-migrate');
});

test('the package has what it names, by the word of publint', { tags: ['thorough'] }, async () => {
  const { messages } = await publint({
    pkgDir: join(installed, 'node_modules/@ferry/cli'),
    strict: true,
    pack: false,
  });
  expect(messages).toEqual([]);
});

test('a controller starts from it, with its pages', { tags: ['thorough'] }, async () => {
  const data = join(folder, 'data');
  const child = spawn(join(installed, 'node_modules/.bin/ferry'), [
    'serve',
    '--listen',
    '127.0.0.1:0',
    '--data-dir',
    data,
  ]);
  try {
    let said = '';
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (piece: Buffer) => {
        said += piece.toString();
        const found = /ferry serves at (http:\S+)/.exec(said)?.[1];
        if (found !== undefined) resolve(found);
      });
      child.once('exit', () => reject(new Error(`it ended: ${said}`)));
    });
    expect((await fetch(`${url}/ferry/v1/ready`)).status).toBe(200);
    const pages = ['console/vnc', 'console/assets/novnc/core/rfb.js', 'console/assets/xterm.mjs'];
    const dashboard = await fetch(`${url}/`, { headers: { accept: 'text/html' } });
    expect(await dashboard.text()).toContain('<script type="module"');
    const told = await Promise.all(pages.map((page) => fetch(`${url}/${page}`)));
    expect(told.map(({ status }) => status)).toEqual([200, 200, 200]);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});
