import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const scripts = ['postinst', 'prerm', 'postrm'] as const;

/** Makes a Debian package of a staged tree; gives the path of it, in `folder`. Needs `dpkg-deb`, as every Debian has it. */
export function debianPackage(
  tree: string,
  version: string,
  folder: string,
  compression: readonly string[] = ['-Zxz'],
): string {
  const stage = join(folder, 'deb');
  rmSync(stage, { recursive: true, force: true });
  cpSync(tree, stage, { recursive: true });
  const control = join(stage, 'DEBIAN');
  mkdirSync(control);
  writeFileSync(join(control, 'control'), controlFile(version, Math.ceil(sizeOf(tree) / 1024)));
  writeFileSync(join(control, 'conffiles'), '/etc/ferry/ferry.yaml\n');
  for (const name of scripts) {
    copyFileSync(join(import.meta.dirname, 'debian', name), join(control, name));
    chmodSync(join(control, name), 0o755);
  }
  const file = join(folder, `ferry_${version}_${architecture()}.deb`);
  execFileSync('dpkg-deb', ['--root-owner-group', ...compression, '--build', stage, file], { stdio: 'pipe' });
  rmSync(stage, { recursive: true });
  return file;
}

/** Debian's name of this machine's architecture: Node in the package is this machine's own. */
export function architecture(): string {
  return execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim();
}

function controlFile(version: string, installedKib: number): string {
  const fields = {
    Package: 'ferry',
    Version: version,
    Architecture: architecture(),
    Maintainer: 'Ferry developers <ferry@localhost>',
    'Installed-Size': String(installedKib),
    Section: 'admin',
    Priority: 'optional',
    // Of Node and of its own user; hosts by ssh are reached with the machine's own client.
    Depends: 'libc6 (>= 2.28), libstdc++6, libgcc-s1, passwd',
    Recommends: 'openssh-client',
    Suggests: 'postgresql, python3-openstackclient',
    Description: [
      'moves virtual machines between libvirt/QEMU hosts, cold and live',
      ' A controller with a Nova-compatible API and a command line, over plain libvirt',
      ' hosts with nothing installed on them but libvirtd. It checks before it moves,',
      ' writes down each step before it is done, and goes on after a crash.',
    ].join('\n'),
  };
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
