import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
/** Below it a file is hardly one whole thought. */
const small = 30;
/** Above it a file holds more than one. */
const large = 500;

/** Lines of each hand-written source file of the packages, tests left out, smallest first. */
function sizes(): { readonly file: string; readonly lines: number }[] {
  return globSync('packages/*/src/**/*.{ts,tsx}', { cwd: root })
    .filter((file) => !/\.(test|test-support)\.ts$/.test(file) && !file.includes('/generated/'))
    .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 }))
    .toSorted((one, other) => one.lines - other.lines);
}

/** One line for `make check`: it tells how the house stands, and forbids nothing. */
function report(): string {
  const all = sizes();
  const median = all[Math.floor(all.length / 2)]?.lines ?? 0;
  const tiny = all.filter(({ lines }) => lines < small).length;
  const giants = all.filter(({ lines }) => lines > large);
  const names = giants.map(({ file, lines }) => `${file} (${lines})`).join(', ');
  const share = ((tiny / all.length) * 100).toFixed(1);
  return `sizes: ${all.length} source files, median ${median} lines; ${tiny} (${share} %) below ${small}; above ${large}: ${names || 'none'}`;
}

process.stdout.write(`${report()}\n`);
