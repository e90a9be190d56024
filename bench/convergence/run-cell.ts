import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabGuest, LabHost } from '@ferry/lab';
import type { BenchWorld } from '../bench-world.ts';
import { guestMib, type Link, type Load, policyFor, type Way } from './cells.ts';
import { type Moved, moveWithFerry } from './move-with-ferry.ts';
import { moveWithVirsh } from './move-with-virsh.ts';
import type { Result, Results } from './results.ts';

/** What is measured with. */
export interface CellRun {
  readonly world: BenchWorld;
  readonly load: Load;
  readonly link: Link;
  readonly runs: number;
  /** A move that goes on longer is aborted. */
  readonly limitMs: number;
  readonly results: Results;
  say(line: string): void;
}

/** A guest writes for that long before it is moved. */
const warmMs = 3_000;

/** All ways of one cell, each so often; those that the results have are left out. One guest for Ferry, another one for virsh, in turn. */
export async function runCell(cell: CellRun, ways: readonly Way[]): Promise<void> {
  for (const by of ['ferry', 'virsh'] as const) {
    const open = ways.filter((way) => way.by === by).flatMap((way) => openRuns(cell, way));
    if (open.length > 0) await runWith(cell, by, open);
  }
}

interface OpenRun {
  readonly way: Way;
  readonly run: number;
}

function openRuns({ results, load, link, runs }: CellRun, way: Way): OpenRun[] {
  return Array.from({ length: runs }, (_, run) => ({ way, run })).filter(
    ({ run }) => !results.has({ guest: load.name, link: link.name, way: way.name, run }),
  );
}

async function runWith(cell: CellRun, by: Way['by'], open: readonly OpenRun[]): Promise<void> {
  const { world, load } = cell;
  const [one, two] = world.lab.hosts;
  if (one === undefined || two === undefined) throw new Error('two hosts are needed');
  const name = `${load.name}-${by}`;
  const guest = await world.lab.createGuest({ name, host: one, storage: load.storage, memoryMib: guestMib });
  await guest.waitAlive();
  let [from, to] = [one, two];
  try {
    if (by === 'ferry') await prepareFerry(cell, guest, two);
    // Runs of all ways take turns, so that what else the machine does hits them alike.
    for (const { way, run } of [...open].sort((a, b) => a.run - b.run)) {
      const result = await measure(cell, way, run, guest, { from, to });
      cell.results.add(result);
      const { end, elapsedMs, outsideGapMs, because } = result;
      cell.say(
        `${load.name} @ ${cell.link.name}, ${way.name}: ${end} in ${elapsedMs} ms, gap ${outsideGapMs} ms${because === null ? '' : ` (${because.slice(0, 120)})`}`,
      );
      if (end === 'moved') [from, to] = [to, from];
    }
  } finally {
    for (const host of [one, two]) {
      await host.exec(['virsh', '-q', 'destroy', name]);
      await host.exec(['virsh', '-q', 'undefine', name]);
    }
    if (by === 'ferry') await world.client.forgetInstance(name).catch(() => undefined);
  }
}

/** The guest is measured under its load, as an operator would who wants a forecast; policies are set for the link. */
async function prepareFerry(cell: CellRun, guest: LabGuest, target: LabHost): Promise<void> {
  const { client } = cell.world;
  await client.adoptInstance({ host: cell.world.lab.hosts[0]?.name ?? '', domain: guest.name });
  // So that forecasts know the link from the first move on, as an operator's would who asks.
  if ((await client.migrations({ kind: 'rehearsal' })).length === 0) {
    await cell.world.ferry('rehearse', guest.name, target.name);
    const [found] = await client.migrations({ kind: 'rehearsal' });
    cell.say(`rehearsed: ${JSON.stringify(found?.rehearsal?.link)}`);
  }
  const end = await cell.load.begin(guest);
  await sleep(warmMs);
  await client.forecast(guest.name, { kind: 'live-migration', host: target.name });
  await end();
}

async function measure(
  cell: CellRun,
  way: Way,
  run: number,
  guest: LabGuest,
  hosts: { readonly from: LabHost; readonly to: LabHost },
): Promise<Result> {
  const { load, link, limitMs, world } = cell;
  const policy = way.by === 'ferry' && way.values !== null ? 'bench' : null;
  if (way.by === 'ferry' && way.values !== null)
    await world.client.setPolicy('bench', { scope: 'by-name', values: policyFor(way.values, link) });
  const end = await load.begin(guest);
  await sleep(warmMs);
  const loadAverage = Math.round((loadavg()[0] ?? 0) * 10) / 10;
  const at = new Date().toISOString();
  const probe = await guest.probe(5);
  const beganMs = performance.now();
  const moved: Moved =
    way.by === 'ferry'
      ? await moveWithFerry(world, guest, hosts.to, policy, limitMs)
      : await moveWithVirsh(guest, load, hosts, way.options, limitMs);
  const elapsedMs = Math.round(performance.now() - beganMs);
  await guest.waitAlive();
  const { longestGapMs } = await probe.stop();
  await end();
  return {
    guest: load.name,
    link: link.name,
    way: way.name,
    run,
    at,
    loadAverage,
    elapsedMs,
    outsideGapMs: longestGapMs,
    budgetMs: way.by === 'ferry' ? way.budgetMs : null,
    ...moved,
  };
}
