import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { labVariable, namespaceDirectory } from './lab-paths.ts';

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
  return readOf(pid, 'cmdline')
    .split('\0')
    .filter((word) => word !== '');
}

/** Children of a process. */
export function childrenOf(pid: number): number[] {
  return readOf(pid, `task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number);
}

function allProcesses(): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

/** Numbers of the processes that carry a mark in their environment: what the lab started, and what that started. */
export function markedProcesses(mark: string): number[] {
  const entry = `${labVariable}=${mark}`;
  return allProcesses().filter((pid) => readOf(pid, 'environ').split('\0').includes(entry));
}

/** This process and those it was started by, which is not for it to end. */
export function ownLine(): number[] {
  const line: number[] = [];
  for (let pid = process.pid; pid > 1; pid = parentOf(pid)) line.push(pid);
  return line;
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(readOf(pid, 'status'))?.[1] ?? 0);
}

/** A file of a process; empty when the process has ended. */
function readOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself between the look and the kill.
    }
  }
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
