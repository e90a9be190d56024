import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { benchWorld } from './bench-world.ts';
import { timeCalls } from './call-latency.ts';
import { liveRow, timeLiveMigration } from './live-migrate.ts';
import { median, percentile } from './median.ts';

const turns = Number(process.env['BENCH_TURNS'] ?? 5);
const world = await benchWorld();
try {
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  process.stdout.write(`${new Date().toISOString()}, ${machine}, software emulation (TCG)\n\n`);
  await new Promise((resolve) => {
    setTimeout(resolve, 5_000);
  });
  const idle = idleMemory(world.serve.pid ?? 0);
  const shared = await timeLiveMigration(world, 'shared', turns);
  const block = await timeLiveMigration(world, 'local', turns);
  process.stdout.write(
    '| live migration | ferry | virsh | ratio | more | runs |\n|---|---|---|---|---|---|\n',
  );
  process.stdout.write(`${liveRow('shared', shared)}\n${liveRow('block', block)}\n\n`);
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

/** Memory of the controller's process: what is resident, and its share of it. */
function idleMemory(pid: number): string {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const mib = (name: string): number =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0) / 1024);
  return `${mib('Rss')} MiB resident, ${mib('Pss')} MiB proportional`;
}
