import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { benchWorld } from '../bench-world.ts';
import { median } from '../median.ts';
import { shapePorts } from '../shape-link.ts';
import { type Drained, type DrainWay, drainWays } from './drain-ways.ts';
import { guestsAtOnce, makeGuests, runDrain } from './run-drain.ts';

/**
 * A host with eight guests is emptied over ports of 200 Mbit/s: by Ferry's plan, by a loop of `virsh migrate` one after the
 * other, and by all of them at once, which is what `nova host-evacuate-live` does. `RUNS`: how often each, in turn.
 */
const bitsPerSecond = 200_000_000;
const runs = Number(process.env['RUNS'] ?? 3);
const page = join(import.meta.dirname, '../../docs/fleet-plans.md');
const marks = { begin: '<!-- bench-drain begins -->', end: '<!-- bench-drain ends -->' };

const world = await benchWorld(4);
const results: { readonly way: DrainWay['name']; readonly drained: Drained }[] = [];
const loads: number[] = [];
try {
  await shapePorts(world.lab.hosts, bitsPerSecond);
  const guests = await makeGuests(world);
  for (let run = 0; run < runs; run += 1)
    for (const way of drainWays) {
      loads.push(loadavg()[0] ?? 0);
      const drained = await runDrain(world, way, guests);
      results.push({ way: way.name, drained });
      process.stdout.write(`${new Date().toISOString()} ${way.name}: ${JSON.stringify(drained)}\n`);
    }
} finally {
  await world.down();
}
const text = readFileSync(page, 'utf8');
const [before, rest] = text.split(marks.begin);
const after = rest?.split(marks.end)[1];
if (before === undefined || after === undefined) throw new Error(`${page} has no place for the table`);
writeFileSync(page, `${before}${marks.begin}\n${table()}\n${marks.end}${after}`);

function table(): string {
  const busiest = Math.max(...loads).toFixed(1);
  return [
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} x ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 1024 ** 3)} GiB, libvirt and QEMU of Debian 13 under software emulation; ${guestsAtOnce} guests, median of ${runs}; load average at most ${busiest} when a run began.`,
    '',
    '| way | host is empty after | sent | pause, median of the guests | longest pause | moved |',
    '|---|---|---|---|---|---|',
    ...drainWays.map(({ name, says }) => row(name, says)),
  ].join('\n');
}

function row(name: string, says: string): string {
  const own = results.filter(({ way }) => way === name).map(({ drained }) => drained);
  const middle = (of: (one: Drained) => number): number => median(own.map(of));
  const mib = middle((one) => one.bytes) / 1024 ** 2;
  const pauses = (of: (gaps: readonly number[]) => number): string =>
    `${Math.round(middle((one) => of(one.gapsMs)))} ms`;
  return `| ${says} | ${(middle((one) => one.elapsedMs) / 1000).toFixed(1)} s | ${mib.toFixed(0)} MiB | ${pauses(median)} | ${pauses((gaps) => Math.max(...gaps))} | ${middle((one) => one.moved)} of ${guestsAtOnce} |`;
}
