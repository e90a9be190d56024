import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { namespaceDirectory } from './lab-paths.ts';

/** A process that cannot be confused with a later one of the same number. */
export interface ProcessMark {
  readonly pid: number;
  /** Start time in clock ticks since boot (field 22 of /proc/PID/stat). */
  readonly start: string;
}

/** Start time of a process; null when it is gone. */
export function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name is in brackets and may hold blanks: fields are counted after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/** Whether that very process lives. */
export function processIsAlive(mark: ProcessMark): boolean {
  return processStart(mark.pid) === mark.start;
}

/** Words of a process's command line; empty when it is gone. */
export function commandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      .split('\0')
      .filter((word) => word !== '');
  } catch {
    return [];
  }
}

/** Children of a process. */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
}

/** Numbers of all processes of the machine. */
export function allProcesses(): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

/** Numbers of the processes inside named network namespaces; never those of the machine's own namespace. */
export function processesInNamespaces(names: readonly string[]): number[] {
  const wanted = new Set(names.map(namespaceLink));
  wanted.delete(networkOf(1));
  return allProcesses().filter((pid) => wanted.has(networkOf(pid)));
}

function namespaceLink(name: string): string {
  const found = statSync(join(namespaceDirectory, name), { throwIfNoEntry: false });
  return `net:[${found?.ino ?? 'gone'}]`;
}

function networkOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return 'ended';
  }
}

/** Asks again and again until something is there; throws when it takes too long. */
export async function until<T>(
  what: string,
  timeoutMs: number,
  look: () => Promise<T | null> | T | null,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
