import { cpus, totalmem } from 'node:os';
import { type LabGuest, type LabHost, until } from '@ferry/lab';
import { benchWorld } from '../bench-world.ts';
import { median } from '../median.ts';
import { type Way, ways } from './ways.ts';

/**
 * How long a guest is not heard of when it is switched over, and when the target's libvirtd stands still at that moment
 * and stays so: by Ferry with a local and with a shared disk, by libvirt's own peer-to-peer form, and by that form with the target left paused. The guest is
 * asked each 5 ms; the figure is the longest time without an answer.
 */
const turns = Number(process.env['BENCH_TURNS'] ?? 5);
const faultTurns = Number(process.env['BENCH_FAULT_TURNS'] ?? 3);
const world = await benchWorld();
try {
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  process.stdout.write(`${new Date().toISOString()}, ${machine}, software emulation (TCG)\n\n`);
  process.stdout.write(
    '| way | switch-over, median | longest | runs | target frozen at Finish, median | longest | runs | then two copies ran |\n|---|---|---|---|---|---|---|---|\n',
  );
  const [one, two] = world.lab.hosts;
  if (one === undefined || two === undefined) throw new Error('two hosts are needed');
  for (const [number, way] of ways(world).entries()) {
    const guest = await world.lab.createGuest({ name: `way${number}`, host: one, storage: way.storage });
    await guest.waitAlive();
    if (way.byFerry) await world.client.adoptInstance({ host: one.name, domain: guest.name });
    const gaps = await gapsOf(way, guest, one, two);
    const faults: Fault[] = [];
    for (let turn = 0; turn < faultTurns; turn += 1) faults.push(await fault(way, guest, one, two));
    const twice = faults.filter(({ ranTwice }) => ranTwice).length;
    const row = [way.name, ...figures(gaps), ...figures(faults.map(({ gapMs }) => gapMs)), twice];
    process.stdout.write(`| ${row.join(' | ')} |\n`);
    await one.virsh('destroy', guest.name);
  }
} finally {
  await world.down();
}

/** What came of a target's libvirtd that stood still at the switch-over. */
interface Fault {
  readonly gapMs: number;
  /** Both hosts ran the guest when it was let go on. */
  readonly ranTwice: boolean;
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

/** The target's libvirtd stands still from before the source does, until the guest answers again; then it goes on. */
async function fault(way: Way, guest: LabGuest, from: LabHost, to: LabHost): Promise<Fault> {
  const probe = await guest.probe(5);
  const moving = way.move(guest, from, to);
  await until('memory to be sent', 60_000, async () => {
    const { stdout } = await from.exec(['virsh', 'domjobinfo', guest.name]);
    return /Memory processed:\s+[1-9]/.test(stdout) || null;
  });
  await to.libvirtd.freeze();
  await until('the source to stand still', 60_000, async () => is('paused', from, guest));
  await until('the source to run on', 180_000, async () => is('running', from, guest));
  await guest.waitAlive();
  const { longestGapMs } = await probe.stop();
  await to.libvirtd.thaw();
  if ((await moving) !== 'stayed') throw new Error(`${way.name}: it has moved`);
  // What the target does now that it goes on, it does at once.
  await new Promise((resolve) => {
    setTimeout(resolve, 5_000);
  });
  const ranTwice = (await is('running', from, guest)) === true && (await is('running', to, guest)) === true;
  if (way.byFerry) await ferryIsDone(guest);
  else await clear(guest, to);
  return { gapMs: longestGapMs, ranTwice };
}

async function is(state: string, host: LabHost, guest: LabGuest): Promise<true | null> {
  const { stdout } = await host.exec(['virsh', '-q', 'domstate', guest.name]);
  return stdout.trim() === state ? true : null;
}

async function ferryIsDone(guest: LabGuest): Promise<void> {
  await until('Ferry to be done', 60_000, async () => {
    const { migrationId, taskState } = await world.client.instance(guest.name);
    return migrationId === null && taskState === null ? true : null;
  });
}

/** What the failed way left at the target, which Ferry takes away by itself and virsh does not. */
async function clear(guest: LabGuest, to: LabHost): Promise<void> {
  await to.exec(['virsh', '-q', 'destroy', guest.name]);
  await to.exec(['virsh', '-q', 'undefine', guest.name]);
  await to.exec(['rm', '-f', guest.diskPath]);
}

function figures(gaps: readonly number[]): string[] {
  return [`${Math.round(median(gaps))} ms`, `${Math.max(...gaps)} ms`, String(gaps.length)];
}
