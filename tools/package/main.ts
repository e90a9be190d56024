import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { architecture, debianPackage } from './debian-package.ts';
import { installBundle } from './install-bundle.ts';
import { packCli } from './pack-cli.ts';
import { packLibvirt } from './pack-libvirt.ts';
import { stageTree } from './stage-tree.ts';

const root = join(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: join(root, 'dist/package') },
    /** Debian's version of it; else that of the command. */
    version: { type: 'string' },
    /** The Debian package alone, and larger: for tests of it. */
    fast: { type: 'boolean', default: false },
    /** The command's bundle alone: for tests and measurements of it. */
    bundle: { type: 'boolean', default: false },
  },
});

const { version: own } = JSON.parse(readFileSync(join(root, 'packages/cli/package.json'), 'utf8')) as {
  version: string;
};
const version = values.version ?? own;
const { folder } = values;
if (values.bundle) {
  await installBundle(folder);
  process.exit();
}
mkdirSync(folder, { recursive: true });
const tree = join(folder, 'tree');
await stageTree(tree);

if (values.fast) {
  console.log(debianPackage(tree, version, folder, ['-Zzstd', '-z1']));
  process.exit();
}
const deb = debianPackage(tree, version, folder);
const tarball = join(folder, `ferry-${version}-linux-${architecture()}.tar.xz`);
// Sorted, without owners and times of this machine: the same sources make the same archive.
const options = '--sort=name --owner=0 --group=0 --numeric-owner --mtime=@0';
const parts = 'lib/ferry bin/ferry share/man share/bash-completion';
execFileSync('tar', ['-C', join(tree, 'usr'), ...options.split(' '), '-cJf', tarball, ...parts.split(' ')], {
  env: { ...process.env, XZ_OPT: '-T0' },
});
copyFileSync(join(import.meta.dirname, 'Containerfile'), join(folder, 'Containerfile'));
const sbom = join(folder, `ferry-${version}.cdx.json`);
writeFileSync(sbom, execFileSync('make', ['--silent', '-C', root, 'sbom'], { maxBuffer: 64 * 1024 ** 2 }));
const files = [deb, tarball, sbom, packLibvirt(folder), await packCli(folder)];
const sums = files.map(
  (file) => `${createHash('sha256').update(readFileSync(file)).digest('hex')}  ${basename(file)}\n`,
);
writeFileSync(join(folder, 'SHA256SUMS'), sums.join(''));
for (const file of [...files, join(folder, 'SHA256SUMS'), join(folder, 'Containerfile')]) console.log(file);
