import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processIsAlive, processStart } from './processes.ts';

/** Does work while no other process does it; a lock whose holder is gone is taken over. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  while (!take(path)) {
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
  }
  try {
    return await work();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

function take(path: string): boolean {
  const owner = join(path, 'owner');
  try {
    mkdirSync(path);
  } catch {
    if (!ownerIsGone(owner)) return false;
    rmSync(path, { recursive: true, force: true });
    return take(path);
  }
  writeFileSync(owner, JSON.stringify({ pid: process.pid, start: processStart(process.pid) }));
  return true;
}

function ownerIsGone(owner: string): boolean {
  try {
    return !processIsAlive(JSON.parse(readFileSync(owner, 'utf8')) as { pid: number; start: string });
  } catch {
    // Made a moment ago and not written yet, or broken: the next look tells.
    return false;
  }
}
