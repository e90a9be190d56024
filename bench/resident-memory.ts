import { readFileSync } from 'node:fs';

/** Memory of a process: what is resident, and its share of it. */
export function residentMemory(pid: number): string {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const mib = (name: string): number =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0) / 1024);
  return `${mib('Rss')} MiB resident, ${mib('Pss')} MiB proportional, ${mib('Anonymous')} MiB its own`;
}
