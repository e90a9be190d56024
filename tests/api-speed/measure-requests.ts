import { setTimeout as sleep } from 'node:timers/promises';

/** What is asked of a server, and how the processor's time of its process is told, in milliseconds; null: it is not ours. */
export interface Measured {
  readonly name: string;
  readonly requests: number;
  readonly cpuMs: (() => number) | null;
}

/** Another request that is made now and then while many make the measured ones. */
interface Beside {
  readonly what: string;
  readonly ask: () => Promise<Response>;
}

const besidePauseMs = 20;

/**
 * Prints a row for each request at 1 and at 32 clients: the median and the 99th percentile, how many a second, and the
 * processor's time of each; and one for how long another request waits beside 32 clients.
 */
export async function measureRequests(
  { name, requests, cpuMs }: Measured,
  asks: Record<string, () => Promise<Response>>,
  beside: Beside | null = null,
): Promise<void> {
  for (const [what, ask] of Object.entries(asks)) {
    for (const clients of [1, 32]) {
      const before = cpuMs?.() ?? 0;
      const { times, elapsedMs, besideTimes } = await timed(ask, clients, requests, beside);
      const isAlone = cpuMs !== null && besideTimes.length === 0;
      const cpu = isAlone ? ms((cpuMs() - before) / times.length) : '';
      print([name, what, clients, ...spread(times), ((times.length * 1000) / elapsedMs).toFixed(0), cpu]);
      if (beside === null || clients === 1) continue;
      print([name, `${beside.what} beside these`, 1, ...spread(besideTimes), '', '']);
    }
  }
}

async function timed(
  ask: () => Promise<Response>,
  clients: number,
  requests: number,
  beside: Beside | null,
): Promise<{ times: number[]; elapsedMs: number; besideTimes: number[] }> {
  const times: number[] = [];
  const besideTimes: number[] = [];
  let left = Math.max(requests, clients);
  const over = new AbortController();
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      times.push(await timeOf(ask));
    }
  };
  const other = async (): Promise<void> => {
    if (beside === null || clients === 1) return;
    while (!over.signal.aborted) {
      besideTimes.push(await timeOf(beside.ask));
      await sleep(besidePauseMs);
    }
  };
  // Once without counting: what is compiled and opened then is so for long.
  await timeOf(ask);
  const began = performance.now();
  const others = other();
  await Promise.all(Array.from({ length: clients }, client));
  const elapsedMs = performance.now() - began;
  over.abort();
  await others;
  return { times, elapsedMs, besideTimes };
}

async function timeOf(ask: () => Promise<Response>): Promise<number> {
  const began = performance.now();
  const response = await ask();
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${text}`);
  return performance.now() - began;
}

function print(cells: readonly (string | number)[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

function spread(times: readonly number[]): [string, string] {
  return [ms(percentile(times, 50)), ms(percentile(times, 99))];
}

/** The value that so many per cent are at or below. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
