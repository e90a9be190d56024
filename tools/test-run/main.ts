import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failuresVariable } from './closing-line-reporter.ts';
import { type Failures, filesToRunAgain } from './failures.ts';

/** Runs the tests that vitest's arguments name; files that bad luck on real hosts may have failed get a second run, and are named. */
function main(argv: readonly string[]): number {
  const directory = mkdtempSync(join(tmpdir(), 'ferry-test-run-'));
  try {
    const path = join(directory, 'failures.json');
    const first = vitest(argv, { [failuresVariable]: path });
    if (first === 0 || !existsSync(path)) return first;
    const again = filesToRunAgain(JSON.parse(readFileSync(path, 'utf8')) as Failures);
    if (again.length === 0) return first;
    process.stdout.write(`\nonce more, each whole and on new hosts: ${again.join(', ')}\n`);
    const second = vitest(['--project', 'lab', ...again], {});
    const end = second === 0 ? 'passed at their second run, all others at their first' : 'failed twice';
    process.stdout.write(`${again.join(', ')}: ${end}\n`);
    return second;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function vitest(argv: readonly string[], environment: Readonly<Record<string, string>>): number {
  const { status, error } = spawnSync('vitest', ['run', ...argv], {
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  if (error !== undefined) throw error;
  return status ?? 1;
}

process.exitCode = main(process.argv.slice(2));
