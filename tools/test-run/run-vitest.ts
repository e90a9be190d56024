import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { recordVariable } from './closing-line-reporter.ts';
import type { Part, Ring } from './part.ts';
import { emptyRecord, type RunRecord } from './run-record.ts';

/** Names the test files that a run leaves to parts, by ring, as JSON; vitest's configuration reads it. */
const leftOutVariable = 'FERRY_TEST_LEFT_OUT';
/** Names the releases whose hosts a run needs beside the usual one; the set-up of the ring on real hosts reads it. */
const releasesVariable = 'FERRY_TEST_RELEASES';

/** One process of vitest. */
export interface VitestRun {
  readonly projects: readonly Ring[];
  /** All of the projects when empty. */
  readonly files?: readonly string[];
  readonly leftOut?: readonly Part[];
  /** Expression over tags. */
  readonly tags?: string;
  readonly workers?: number;
  /** One of so many shares of the files, each of which is a process of its own: `1/3`. */
  readonly share?: `${number}/${number}` | undefined;
  readonly env?: Readonly<Record<string, string>>;
  /** Its output is kept and printed at its end, where something else prints meanwhile. */
  readonly keepsQuiet?: boolean;
}

/** What a process of vitest did, and whether it says that all is well. */
export interface VitestEnd {
  readonly passed: boolean;
  readonly record: RunRecord;
}

/** Runs vitest. What it prints ends with what failed, never with the line of counts: a whole run has one. */
export async function runVitest(run: VitestRun): Promise<VitestEnd> {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-test-run-'));
  try {
    const path = join(folder, 'record.json');
    const code = await vitest(
      argumentsOf(run),
      environmentOf(run, path),
      run.keepsQuiet === true ? folder : null,
    );
    if (!existsSync(path)) {
      const failures = [`failed: vitest ended with ${code} and left no record of its run`];
      return { passed: false, record: { ...emptyRecord, failed: 1, outsideTests: 1, failures } };
    }
    const record = JSON.parse(readFileSync(path, 'utf8')) as RunRecord;
    return { passed: code === 0, record };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** How a part is run. */
export function runOfPart(part: Part): VitestRun {
  return {
    projects: [part.ring],
    files: part.files,
    env: { ...part.env, [releasesVariable]: (part.releases ?? []).join(',') },
  };
}

function argumentsOf({ projects, files = [], tags, workers, share }: VitestRun): string[] {
  return [
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    ...(tags === undefined ? [] : ['--tags-filter', tags]),
    ...(share === undefined ? [] : ['--shard', share]),
    ...(workers === undefined ? [] : ['--maxWorkers', String(workers)]),
    ...files,
  ];
}

function environmentOf({ leftOut = [], env = {} }: VitestRun, path: string): NodeJS.ProcessEnv {
  const byRing = Object.groupBy(leftOut, ({ ring }) => ring);
  const files = Object.fromEntries(
    Object.entries(byRing).map(([ring, parts]) => [ring, parts.flatMap((part) => part.files)]),
  );
  return { ...process.env, ...env, [recordVariable]: path, [leftOutVariable]: JSON.stringify(files) };
}

/** Gives its exit code. `keptIn`: what it prints goes to a file there first. */
async function vitest(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  keptIn: string | null,
): Promise<number> {
  const child = spawn('vitest', argv, {
    stdio: ['ignore', keptIn === null ? 'inherit' : 'pipe', 'inherit'],
    env,
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
  if (keptIn === null || child.stdout === null) return ended;
  const kept = join(keptIn, 'output');
  await pipeline(child.stdout, createWriteStream(kept));
  const code = await ended;
  process.stdout.write(readFileSync(kept));
  return code;
}
