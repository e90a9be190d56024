import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const source = join(root, 'packages/libvirt');

/**
 * Builds the libvirt client as a package that any Node can run and publishes nowhere: JavaScript with its declarations,
 * README, licence and examples. Gives the path of the archive that `npm publish` would send, in `folder`.
 */
export function packLibvirt(folder: string): string {
  const stage = join(folder, 'package');
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  const build = ['-p', join(source, 'tsconfig.publish.json'), '--outDir', join(stage, 'dist')];
  execFileSync(join(root, 'node_modules/.bin/tsc'), build, { stdio: ['ignore', 'inherit', 'inherit'] });
  for (const file of ['README.md', 'examples'])
    cpSync(join(source, file), join(stage, file), { recursive: true });
  cpSync(join(root, 'LICENSE'), join(stage, 'LICENSE'));
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { cwd: stage });
  const [archive] = JSON.parse(packed.toString()) as [{ filename: string }];
  return join(folder, archive.filename);
}

/** The package's own manifest, with its sources' entry replaced by what was built from them. */
function manifest(): unknown {
  const {
    private: _,
    exports: __,
    ...own
  } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as Record<string, unknown>;
  return {
    ...own,
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    files: ['dist', 'examples'],
    sideEffects: false,
    keywords: ['libvirt', 'qemu', 'kvm', 'rpc', 'xdr', 'virtualization', 'migration'],
  };
}
