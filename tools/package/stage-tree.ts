import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleFerry } from './bundle-ferry.ts';
import { manualPage } from './manual-page.ts';

const here = import.meta.dirname;
const root = join(here, '../..');
/** Of the user that may read and run it. */
const program = 0o755;
const plain = 0o644;

/**
 * Writes the files of an installation below a folder, as the root of a machine has them: the bundle with its own Node in
 * `/usr/lib/ferry`, the command, the unit, the manual page, completion for three shells and the settings.
 */
export async function stageTree(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const lib = join(folder, 'usr/lib/ferry');
  await bundleFerry(lib);
  put(realpathSync(process.execPath), join(lib, 'node'), program);
  // Its symbols are for who debugs Node itself; without binutils it stays larger.
  spawnSync('strip', ['--strip-unneeded', join(lib, 'node')]);
  put(join(root, 'packages/cli/bin/serve-options'), join(lib, 'serve-options'), plain);
  put(join(here, 'installed-ferry.sh'), join(folder, 'usr/bin/ferry'), program);
  put(join(here, 'debian/ferry.service'), join(folder, 'usr/lib/systemd/system/ferry.service'), plain);
  put(join(here, 'debian/ferry.sysusers'), join(folder, 'usr/lib/sysusers.d/ferry.conf'), plain);
  put(join(here, 'debian/ferry.yaml'), join(folder, 'etc/ferry/ferry.yaml'), 0o640);
  write(join(folder, 'usr/share/man/man1/ferry.1.gz'), compressed(manualPage()));
  for (const [shell, file] of Object.entries(completions))
    write(
      join(folder, 'usr/share', file),
      execFileSync(process.execPath, [join(lib, 'ferry.js'), 'complete', shell]),
    );
  const doc = join(folder, 'usr/share/doc/ferry');
  write(join(doc, 'copyright'), copyright());
  write(join(doc, 'changelog.gz'), compressed(readFileSync(join(root, 'CHANGELOG.md'), 'utf8')));
  for (const name of ['README.md', 'docs']) cpSync(join(root, name), join(doc, name), { recursive: true });
}

const completions: Readonly<Record<string, string>> = {
  bash: 'bash-completion/completions/ferry',
  zsh: 'zsh/vendor-completions/_ferry',
  fish: 'fish/vendor_completions.d/ferry.fish',
};

function copyright(): string {
  const licence = readFileSync(join(root, 'LICENSE'), 'utf8');
  return `Ferry is licensed under the Apache License 2.0, below.\nWhat it is bundled with has licences of its own: /usr/lib/ferry/THIRD-PARTY-LICENSES.txt.\nNode.js, /usr/lib/ferry/node: https://github.com/nodejs/node/blob/main/LICENSE\n\n${licence}`;
}

/** Without the time and the name, so that the same sources make the same bytes. */
function compressed(text: string): Buffer {
  return gzipSync(text, { level: 9 });
}

function put(from: string, to: string, mode: number): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, mode);
}

function write(file: string, content: string | Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content, { mode: plain });
}
