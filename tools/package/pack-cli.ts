import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFerry } from './bundle-ferry.ts';

const root = join(import.meta.dirname, '../..');

/**
 * Builds the command, controller included, as a package that `npm install` puts onto any machine with Node 24: the bundle,
 * with what browsers are served inside it, so that nothing else has to be fetched. Gives the path of the archive, in `folder`.
 */
export async function packCli(folder: string): Promise<string> {
  const stage = join(folder, 'cli');
  await bundleFerry(stage);
  for (const file of ['LICENSE', 'packages/cli/README.md'])
    copyFileSync(join(root, file), join(stage, file.split('/').at(-1) ?? file));
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest(stage), null, 2)}\n`);
  chmodSync(join(stage, 'ferry.js'), 0o755);
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { cwd: stage });
  const [archive] = JSON.parse(packed.toString()) as [{ filename: string }];
  return join(folder, archive.filename);
}

/** What is served to browsers comes within the package; all else is in the bundle. */
const within = ['@novnc/novnc', '@xterm/xterm'] as const;

function manifest(stage: string): unknown {
  const { version, description, license, engines, type } = JSON.parse(
    readFileSync(join(root, 'packages/cli/package.json'), 'utf8'),
  ) as Record<string, unknown>;
  const versions = within.map((name) => {
    const own = readFileSync(join(stage, 'node_modules', name, 'package.json'), 'utf8');
    return [name, (JSON.parse(own) as { version: string }).version];
  });
  return {
    name: '@ferry/cli',
    version,
    description,
    license,
    type,
    engines,
    bin: { ferry: './ferry.js' },
    dependencies: Object.fromEntries(versions) as unknown,
    bundleDependencies: within,
    files: ['*.js', 'dashboard', 'pages', 'program', 'THIRD-PARTY-LICENSES.txt'],
  };
}
