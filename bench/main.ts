import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { benchWorld } from './bench-world.ts';
import { timeCalls } from './call-latency.ts';
import { memoryRates } from './first-touch.ts';
import { liveRow, timeLiveMigration } from './live-migrate.ts';
import { median, percentile } from './median.ts';
import { residentMemory } from './resident-memory.ts';

/** Each turn is there and back by Ferry, there and back by virsh. The table of live moves is written into docs/operating.md. */
const page = join(import.meta.dirname, '../docs/operating.md');
const marks = { begin: '<!-- bench begins -->', end: '<!-- bench ends -->' };
const turns = Number(process.env['BENCH_TURNS'] ?? 5);
const world = await benchWorld();
try {
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  process.stdout.write(`${new Date().toISOString()}, ${machine}, software emulation (TCG)\n\n`);
  await new Promise((resolve) => {
    setTimeout(resolve, 5_000);
  });
  const idle = residentMemory(world.serve.pid ?? 0);
  const load = loadavg()[0] ?? 0;
  const memory = await memoryRates();
  const shared = await timeLiveMigration(world, 'shared', turns);
  const block = await timeLiveMigration(world, 'local', turns);
  const table = [
    '| live migration | `ferry live-migrate --wait` | `virsh migrate` | ratio | more | runs |',
    '|---|---|---|---|---|---|',
    liveRow('shared disk', shared),
    liveRow('local disk', block),
  ].join('\n');
  process.stdout.write(`${table}\n\n`);
  const when = `${new Date().toISOString().slice(0, 10)}, ${machine}, libvirt and QEMU of Debian 13 under software emulation; medians, load average ${load.toFixed(1)} when it began; each begins after a rest. A new process gets memory at ${memory.rested} MiB/s after a rest, at ${memory.reused} MiB/s where another has just freed it. The controller, from its bundle and idle with two hosts: ${idle}.`;
  writeInto(`${when}\n\n${table}`);
  const [host] = world.lab.hosts;
  if (host !== undefined) {
    const calls = await timeCalls(host, 'bench-shared');
    process.stdout.write('| one call | median | p99 |\n|---|---|---|\n');
    for (const [name, times] of Object.entries(calls)) {
      process.stdout.write(
        `| ${name} | ${median(times).toFixed(2)} ms | ${percentile(times, 99).toFixed(2)} ms |\n`,
      );
    }
  }
  process.stdout.write(`\ncontroller, idle with two hosts: ${idle}\n`);
} finally {
  await world.down();
}

function writeInto(text: string): void {
  const [before, rest] = readFileSync(page, 'utf8').split(marks.begin);
  const after = rest?.split(marks.end)[1];
  if (before === undefined || after === undefined) throw new Error(`${page} has no place for the table`);
  writeFileSync(page, `${before}${marks.begin}\n${text}\n${marks.end}${after}`);
}
