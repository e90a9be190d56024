import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { build, type Plugin } from 'rolldown';
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
    plugins: [httpAlone],
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
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.js')))
    writeInAscii(join(folder, name));
  cpSync(join(controller, 'pages'), join(folder, 'pages'), { recursive: true });
  await buildPage({
    root: web,
    configFile: join(web, 'vite.config.ts'),
    logLevel: 'warn',
    // Outside of the page's own folder it would not be emptied, and said so.
    build: { outDir: join(folder, 'dashboard'), emptyOutDir: true },
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

/**
 * Node's HTTP as `require` gives it. An `import` asks for each of its exports, of which one brings undici: three megabytes of
 * memory, and half of a command's start.
 */
const httpAlone: Plugin = {
  name: 'http-alone',
  resolveId: (source) => (source === 'node:http' || source === 'http' ? '\0http-alone' : null),
  load: (id) => {
    if (id !== '\0http-alone') return null;
    const names = Object.keys(http).filter((name) => !lazily.has(name));
    return `const http = process.getBuiltinModule('node:http');
export default http;
export const { ${names.join(', ')} } = http;`;
  },
};

/** What `node:http` hands on from undici. */
const lazily = new Set(['WebSocket', 'CloseEvent', 'MessageEvent']);

/**
 * Writes what stands beyond ASCII as escapes, which mean the same in strings, patterns and names: V8 keeps the text of each
 * part, and of one with a single character beyond Latin-1 two bytes for each. Throws for raw text, of which that is not so.
 */
function writeInAscii(file: string): void {
  const code = readFileSync(file, 'utf8');
  // oxlint-disable-next-line no-control-regex
  if (/String\.raw`[^`]*[^\u0000-\u007f]|\\[^\u0000-\u007f]/.test(code))
    throw new Error(`${file} has raw or escaped text beyond ASCII`);
  // oxlint-disable-next-line no-control-regex
  writeFileSync(file, code.replaceAll(/[^\u0000-\u007f]/g, escapeOf));
}

function escapeOf(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
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
