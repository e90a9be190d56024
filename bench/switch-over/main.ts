import { cpus, totalmem } from 'node:os';
import { type LabGuest, type LabHost, until } from '@ferry/lab';
import { benchWorld } from '../bench-world.ts';
import { median } from '../median.ts';
import { type Way, ways } from './ways.ts';

/**
 * How long a guest is not heard of when it is switched over, and when the target's libvirtd stands still at that moment
 * and stays so: by Ferry, by libvirt's own peer-to-peer form, and by that form with the target left paused. The guest is
 * asked each 5 ms; the figure is the longest time without an answer.
 */
const turns = Number(process.env['BENCH_TURNS'] ?? 5);
const faultTurns = Number(process.env['BENCH_FAULT_TURNS'] ?? 3);
const world = await benchWorld();
try {
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  process.stdout.write(`${new Date().toISOString()}, ${machine}, software emulation (TCG)\n\n`);
  process.stdout.write(
    '| way | switch-over, median | longest | runs | target frozen at Finish, median | longest | runs |\n|---|---|---|---|---|---|---|\n',
  );
  const [one, two] = world.lab.hosts;
  if (one === undefined || two === undefined) throw new Error('two hosts are needed');
  for (const [number, way] of ways(world).entries()) {
    const guest = await world.lab.createGuest({ name: `way${number}`, host: one });
    await guest.waitAlive();
    await world.client.adoptInstance({ host: one.name, domain: guest.name });
    const gaps = await gapsOf(way, guest, one, two);
    const paused: number[] = [];
    for (let turn = 0; turn < faultTurns; turn += 1) paused.push(await gapOfFault(way, guest, one, two));
    process.stdout.write(`| ${[way.name, ...figures(gaps), ...figures(paused)].join(' | ')} |\n`);
    await one.virsh('destroy', guest.name);
  }
} finally {
  await world.down();
}

/** There and back, so often. */
async function gapsOf(way: Way, guest: LabGuest, one: LabHost, two: LabHost): Promise<number[]> {
  const gaps: number[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [from, to] of [
      [one, two],
      [two, one],
    ] as const) {
      const probe = await guest.probe(5);
      const result = await way.move(guest, from, to);
      if (result !== 'moved') throw new Error(`${way.name}: it did not move`);
      await guest.waitAlive();
      gaps.push((await probe.stop()).longestGapMs);
    }
  }
  return gaps;
}

/** The target's libvirtd stands still from when the source does, until the guest answers again. */
async function gapOfFault(way: Way, guest: LabGuest, from: LabHost, to: LabHost): Promise<number> {
  const probe = await guest.probe(5);
  const moving = way.move(guest, from, to);
  await until('memory to be sent', 60_000, async () => {
    const { stdout } = await from.exec(['virsh', 'domjobinfo', guest.name]);
    return /Memory processed:\s+[1-9]/.test(stdout) || null;
  });
  await to.libvirtd.freeze();
  await until('the source to stand still', 60_000, async () =>
    (await stateOf(from, guest)) === 'paused' ? true : null,
  );
  await until('the source to run on', 180_000, async () =>
    (await stateOf(from, guest)) === 'running' ? true : null,
  );
  await guest.waitAlive();
  const { longestGapMs } = await probe.stop();
  await to.libvirtd.thaw();
  if ((await moving) !== 'stayed') throw new Error(`${way.name}: it has moved`);
  await clear(guest, to);
  return longestGapMs;
}

async function stateOf(host: LabHost, guest: LabGuest): Promise<string> {
  return (await host.exec(['virsh', '-q', 'domstate', guest.name])).stdout.trim();
}

/** What the failed way left at the target, which Ferry takes away by itself and virsh does not. */
async function clear(guest: LabGuest, to: LabHost): Promise<void> {
  await until('the target to have no running copy', 60_000, async () =>
    (await to.qemuPid(guest.name)) === null || (await stateOf(to, guest)) === 'paused' ? true : null,
  );
  await new Promise((resolve) => {
    setTimeout(resolve, 5_000);
  });
  await to.exec(['virsh', '-q', 'destroy', guest.name]);
  await to.exec(['virsh', '-q', 'undefine', guest.name]);
  await to.exec(['rm', '-f', guest.diskPath]);
  await until('Ferry to have cleared the target', 60_000, async () => {
    const { migrationId, taskState } = await world.client.instance(guest.name);
    return migrationId === null && taskState === null ? true : null;
  });
}

function figures(gaps: readonly number[]): string[] {
  return [`${Math.round(median(gaps))} ms`, `${Math.max(...gaps)} ms`, String(gaps.length)];
}
