import { spawn } from 'node:child_process';
import { LabError } from './lab-error.ts';

/**
 * Does work while no other process does it. The lock is the kernel's, on a file or a directory, held by a child that
 * ends with its stdin: it is free again the moment this process ends, however that may happen.
 */
export async function withLock<T>(path: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const seconds = String(Math.ceil(timeoutMs / 1000));
  const holder = spawn('flock', ['--wait', seconds, path, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = new Promise<null>((resolve) => {
    holder.on('close', () => resolve(null));
    holder.on('error', () => resolve(null));
  });
  const held = await Promise.race([gone, new Promise((resolve) => holder.stdout.once('data', resolve))]);
  if (held === null)
    throw new LabError(`Another process has held ${path} for ${seconds} s: wait for it to end.`);
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await gone;
  }
}
