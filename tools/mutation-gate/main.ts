import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fault, faults } from './faults.ts';

const root = join(import.meta.dirname, '../..');

/** The outcome of the gate's files for one fault. */
type Outcome = 'caught' | 'not caught' | 'no such place';

/**
 * Puts deliberate faults into a copy of the product, one at a time, and runs the gate's own tests of each: every fault
 * has to fail them, and without a fault all of them have to pass.
 */
function main(): number {
  const copy = mkdtempSync(join(tmpdir(), 'ferry-mutation-gate-'));
  try {
    copyTree(copy);
    const broken = faults.find((fault) => !passes(copy, fault));
    if (broken !== undefined) {
      process.stdout.write(
        `${broken.caughtBy.files.join(', ')}: fails without any fault, so that nothing is shown\n`,
      );
      return 1;
    }
    const outcomes = faults.map((fault) => ({ fault, outcome: tryFault(copy, fault) }));
    for (const { fault, outcome } of outcomes)
      process.stdout.write(`${outcome.padEnd(13)}  ${fault.name} (${fault.caughtBy.files.join(', ')})\n`);
    const caught = outcomes.filter(({ outcome }) => outcome === 'caught').length;
    process.stdout.write(`${caught} of ${outcomes.length} deliberate faults caught\n`);
    return caught === outcomes.length ? 0 : 1;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** What git tracks and the installed packages, whose links to the workspaces lead into the copy. */
function copyTree(copy: string): void {
  must('sh', ['-ec', 'git ls-files -z -co --exclude-standard | xargs -0 cp --parents -t "$0"', copy]);
  must('sh', [
    '-ec',
    'find . -name node_modules -prune -not -path "./.*" | xargs cp -a --parents -t "$0"',
    copy,
  ]);
}

function tryFault(copy: string, fault: Fault): Outcome {
  const path = join(copy, fault.file);
  const text = readFileSync(path, 'utf8');
  if (text.split(fault.find).length !== 2) return 'no such place';
  writeFileSync(
    path,
    text.replace(fault.find, () => fault.replace),
  );
  try {
    return passes(copy, fault) ? 'not caught' : 'caught';
  } finally {
    writeFileSync(path, text);
  }
}

/** Whether the tests that the gate has for a fault pass; what they print is nobody's. */
function passes(copy: string, { caughtBy }: Fault): boolean {
  const named = caughtBy.named === undefined ? [] : ['-t', caughtBy.named];
  const argv = ['run', '--project', caughtBy.ring, '--tags-filter', '!thorough', ...named, ...caughtBy.files];
  const { status, error } = spawnSync('vitest', argv, {
    cwd: copy,
    stdio: 'ignore',
    env: { ...process.env, FERRY_GATE: '1' },
  });
  if (error !== undefined) throw error;
  return status === 0;
}

function must(file: string, argv: readonly string[]): void {
  const { status, error } = spawnSync(file, argv, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${file} ${argv.join(' ')} ended with ${status}`);
}

process.exitCode = main();
