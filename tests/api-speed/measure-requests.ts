/** Prints a row for each request at 1 and at 32 clients: the median and the 99th percentile, and how many a second. */
export async function measureRequests(
  name: string,
  requests: number,
  asks: Record<string, () => Promise<Response>>,
): Promise<void> {
  for (const [what, ask] of Object.entries(asks)) {
    for (const clients of [1, 32]) {
      const { times, elapsedMs } = await timed(ask, clients, requests);
      const cells = [name, what, clients, ms(percentile(times, 50)), ms(percentile(times, 99))];
      process.stdout.write(`| ${cells.join(' | ')} | ${((times.length * 1000) / elapsedMs).toFixed(0)} |\n`);
    }
  }
}

async function timed(
  ask: () => Promise<Response>,
  clients: number,
  requests: number,
): Promise<{ times: number[]; elapsedMs: number }> {
  const times: number[] = [];
  let left = Math.max(requests, clients);
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const began = performance.now();
      const response = await ask();
      const text = await response.text();
      if (!response.ok) throw new Error(`${response.status}: ${text}`);
      times.push(performance.now() - began);
    }
  };
  // Once without counting: what is compiled and opened then is so for long.
  await (await ask()).text();
  const began = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  return { times, elapsedMs: performance.now() - began };
}

/** The value that so many per cent are at or below. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
