import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';
import { build as buildPage } from 'vite';

const root = join(import.meta.dirname, '../..');
const controller = join(root, 'packages/controller/src/http/consoles');
const web = join(root, 'packages/web');
const hypervisor = join(root, 'packages/hypervisor/src/shell');

/** Packages whose files browsers get: they stand beside the bundle as they are, and only what is served of them. */
const served: Readonly<Record<string, readonly string[]>> = {
  '@novnc/novnc': ['package.json', 'core', 'vendor', 'LICENSE.txt'],
  '@xterm/xterm': ['package.json', 'lib/xterm.js', 'lib/xterm.mjs', 'css', 'LICENSE'],
};

/**
 * Writes the command with all that it needs into a folder, which any Node of version 24 runs: `ferry.js` and the parts that
 * only some commands load. What the sources read beside themselves (pages, the dashboard, the copier's program) stands beside it.
 */
export async function bundleFerry(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await build({
    input: {
      ferry: join(root, 'packages/cli/src/main.ts'),
      // Loaded by its name, as a thread of its own.
      'plan-worker': join(root, 'packages/controller/src/operations/plans/plan-worker.ts'),
    },
    platform: 'node',
    // An optional driver of `pg`, which does without it.
    external: ['pg-native', ...Object.keys(served)],
    treeshake: true,
    logLevel: 'warn',
    output: {
      dir: folder,
      format: 'esm',
      entryFileNames: '[name].js',
      // One folder for all: what a part reads beside itself is beside each of them.
      chunkFileNames: '[name]-[hash].js',
      minify: { compress: true, mangle: false, codegen: true },
    },
  });
  cpSync(join(controller, 'pages'), join(folder, 'pages'), { recursive: true });
  await buildPage({
    root: web,
    configFile: join(web, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: join(folder, 'dashboard') },
  });
  cpSync(join(hypervisor, 'program'), join(folder, 'program'), { recursive: true });
  for (const [name, files] of Object.entries(served))
    for (const file of files)
      cpSync(join(root, 'node_modules', name, file), join(folder, 'node_modules', name, file), {
        recursive: true,
      });
  const { version } = JSON.parse(readFileSync(join(root, 'packages/cli/package.json'), 'utf8')) as {
    version: string;
  };
  writeFileSync(
    join(folder, 'package.json'),
    `${JSON.stringify({ name: 'ferry', version, type: 'module' })}\n`,
  );
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), licences());
}

/** The licences of all packages that the bundle was made of, by the lock file: those that are not for development alone. */
function licences(): string {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<
      string,
      { version?: string; license?: string; dev?: boolean; optional?: boolean; link?: boolean }
    >;
  };
  const parts: string[] = [];
  for (const [path, { version, license, dev, link }] of Object.entries(lock.packages)) {
    if (!path.startsWith('node_modules/') || dev === true || link === true) continue;
    const folder = join(root, path);
    const [file] = list(folder).filter((name) => /^licen[cs]e/i.test(name));
    const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8');
    parts.push(
      `${path.replace('node_modules/', '')} ${version ?? ''} (${license ?? 'no licence named'})\n\n${text}`,
    );
  }
  return parts.join(`\n${'-'.repeat(72)}\n`);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Of another platform, and not installed here.
    return [];
  }
}
