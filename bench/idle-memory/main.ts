import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installFerry } from '../installed-ferry.ts';
import { residentMemory } from '../resident-memory.ts';

/** By then it has started, and done each of its regular looks for the first time. */
const settleMs = 15_000;

const ferry = installFerry();
const data = mkdtempSync(join(tmpdir(), 'ferry-idle-'));
const [file = '', ...rest] = ferry.argv;
const words = ['serve', '--data-dir', data, '--listen', 'none', '--log-level', 'warn'];
const serve = spawn(file, [...rest, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
try {
  await sleep(settleMs);
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  process.stdout.write(
    `${new Date().toISOString().slice(0, 10)}, ${machine}: a controller from its bundle, idle without hosts: ${residentMemory(serve.pid ?? 0)}\n`,
  );
} finally {
  const ended = new Promise((resolve) => serve.once('exit', resolve));
  serve.kill();
  await ended;
  for (const folder of [data, ferry.folder]) rmSync(folder, { recursive: true, force: true });
}
