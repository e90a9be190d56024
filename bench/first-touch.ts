import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Longer than the two seconds after which Linux as a guest gives freed memory back to its hypervisor (PAGE_REPORTING_DELAY,
 * mm/page_reporting.c). A leg that begins sooner finds the memory that the last one has freed, and is faster for it.
 */
export const restMs = 4_000;

/** MiB/s at which a new process gets memory. */
export interface MemoryRates {
  /** Of memory that was free for a while. */
  readonly rested: number;
  /** Of memory that another process has freed just now. */
  readonly reused: number;
}

const mebibytes = 512;
const touch = `const t = process.hrtime.bigint(); Buffer.alloc(${mebibytes} << 20, 1);
console.log(Number(process.hrtime.bigint() - t) / 1e9)`;

/** Where the two differ the machine is a guest itself, and memory that a migration fills first costs what it takes its hypervisor. */
export async function memoryRates(): Promise<MemoryRates> {
  await sleep(restMs);
  const [rested, reused] = [rate(), rate()];
  return { rested, reused };
}

function rate(): number {
  return Math.round(mebibytes / Number(execFileSync(process.execPath, ['-e', touch], { encoding: 'utf8' })));
}
