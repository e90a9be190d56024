import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { endedChildrenSeconds } from './processor-time.ts';

/** Processor seconds that one worker's piece takes on the machine on which the gate's limit was set (AMD EPYC, 2026-11-29). */
const referenceSeconds = 4;
const workers = 2;

/**
 * How many times as much processor time this machine needs now for the same work as the one on which limits were set:
 * above 1 it is slower. Two processes do a fixed piece of work side by side, as two processes of tests do, since cores
 * that share their units, and neighbours that share the cores, make a second of processor time do less.
 */
export async function slownessOfMachine(): Promise<number> {
  const before = endedChildrenSeconds();
  await Promise.all(
    Array.from({ length: workers }, () =>
      once(spawn(process.execPath, [import.meta.filename], { stdio: 'inherit' }), 'exit'),
    ),
  );
  return (endedChildrenSeconds() - before) / (workers * referenceSeconds);
}

/** What tests do most: objects made and read, text parsed and written, hashes. Always the same amount of it. */
function pieceOfWork(): string {
  const hash = createHash('sha256');
  for (let round = 0; round < 600; round += 1) {
    const rows = Array.from({ length: 4000 }, (_, index) => ({
      id: `${round}-${(index * 7919) % 4001}`,
      size: index * round,
    }));
    const text = JSON.stringify(rows.toSorted((one, other) => (one.id < other.id ? -1 : 1)));
    const read = JSON.parse(text) as typeof rows;
    hash.update(read.map(({ id, size }) => `${id}=${size}`).join('\n'));
  }
  return hash.digest('hex');
}

if (process.argv[1] === import.meta.filename) pieceOfWork();
