import { type LabGuest, type LabHost, until } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BothHosts, differences, hostState } from '../faults/host-state.ts';
import { marksOf } from '../faults/judge.ts';
import { LabWorld } from './lab-world.ts';

/** libvirt 11.3, the usual release's, crashes at resuming: this is about one that does not. */
const release = 'trixie-backports';
/** More than a weak link, and so little that memory is fetched for a while. */
const bandwidthBytesPerSecond = 16 * 1024 * 1024;
/**
 * QEMU's main loop stands still while a device waits for a page of the guest. When the link is lost in such a moment, the
 * target's QEMU never tells that it was (11.1.3), and nobody can resume it: the link is lost here when pages that devices
 * use have long been fetched.
 */
const mebibytesLeftAtLoss = 100;

let world: LabWorld;
let guests = 0;

beforeAll(async () => {
  world = await LabWorld.up('pcresume', [{ release }, { release }]);
});
afterAll(() => world?.down());

/** One of its own for each try: a guest that could not be resumed is of no use to another. */
function newGuest(): Promise<LabGuest> {
  guests += 1;
  const dirty = { mib: 96, mibPerSecond: 60 };
  return world.guest({
    name: `web${guests}`,
    host: 'compute11',
    storage: 'shared',
    memoryMib: 256,
    dirty,
  });
}

/** A guest, both ends of its move, and what was so before it. */
interface Move {
  readonly id: string;
  readonly guest: LabGuest;
  readonly source: LabHost;
  readonly target: LabHost;
  readonly boot: string;
  readonly before: BothHosts;
}

async function state(host: LabHost, name: string): Promise<string> {
  return (await host.exec(['virsh', '-q', 'domstate', '--reason', name])).stdout.trim();
}

/** Waits until the target lacks less than so much of the guest's memory. */
async function fetchedUntil({ source, guest }: Move, mebibytes: number): Promise<void> {
  await until(`less than ${mebibytes} MiB to be left`, 120_000, async () => {
    const [, left] =
      /Memory remaining: *([\d.]+) MiB/.exec(await source.virsh('domjobinfo', guest.name)) ?? [];
    return left !== undefined && Number(left) < mebibytes ? true : null;
  });
}

/** Waits until the source, paused, and the target, running, both show a reason. */
async function bothShow({ source, target, guest }: Omit<Move, 'id'>, reason: string): Promise<void> {
  const wanted = `paused (${reason}), running (${reason})`;
  let seen = '';
  await until(wanted, 120_000, async () => {
    seen = `${await state(source, guest.name)}, ${await state(target, guest.name)}`;
    return seen === wanted || null;
  }).catch((error: unknown) => {
    throw new Error(`the hosts show ${seen}`, { cause: error });
  });
}

async function bothStates({ source, target }: Pick<Move, 'source' | 'target'>): Promise<BothHosts> {
  return { source: await hostState(source), target: await hostState(target) };
}

/** Moves a guest until the target runs it while it fetches its memory. */
async function inPostCopy(): Promise<Move> {
  const guest = await newGuest();
  const [source, target] = [world.host('compute11'), world.host('compute12')];
  const { id: boot } = await guest.waitAlive();
  const before = await bothStates({ source, target });
  const asked = { bandwidthBytesPerSecond, postCopy: 'ask' } as const;
  const { id } = await world.move(guest.name, 'live', target.name, asked);
  const move = { id, guest, source, target, boot, before };
  await bothShow(move, 'post-copy');
  await fetchedUntil(move, mebibytesLeftAtLoss);
  return move;
}

/** Cuts the link for so long that both kernels have given up what was open over it; gives what mends it. */
async function loseLink({ source, target }: Move): Promise<() => Promise<void>> {
  const mend = await target.dropTraffic({ to: source.address, from: source.address });
  await Promise.all([source.breakConnections(target.address), target.breakConnections(source.address)]);
  return mend;
}

/** It is the same guest, on the target alone, each page that it keeps dirty is as it was written, and nothing is left. */
async function expectWhole(move: Move): Promise<void> {
  const { guest } = move;
  expect(await world.lab.runStates(guest.name)).toMatchObject([{ host: move.target.name, state: 'running' }]);
  const { passes } = await guest.waitAlive();
  const answer = await until('its memory to be looked at once more', 120_000, async () => {
    const now = await guest.stat();
    return now !== null && now.passes > passes + 1 ? now : null;
  });
  expect(answer).toMatchObject({ id: move.boot, bad: 0 });
  const marks = marksOf({ guest, group: 'no group' });
  expect(differences(move.before, await bothStates(move), { moved: true, marks })).toEqual([]);
}

test('the checks know both versions of libvirt to resume it', async () => {
  const { name } = await newGuest();
  const move = { kind: 'live-migration', host: 'compute12', postCopy: 'ask' } as const;
  const { findings } = await world.client.check(name, move);
  const said = findings.filter(({ code }) => code === 'post-copy').map(({ message }) => message);
  expect(said).toMatchObject([
    expect.stringContaining("loses the guest's memory"),
    expect.stringContaining('of the source resumes it'),
    expect.stringContaining('of the target resumes it'),
  ]);
});

test('a link that was lost and comes back has post-copy resumed, and the guest is whole on the target', async () => {
  const move = await inPostCopy();
  const mend = await loseLink(move);
  // Only then, as both hosts show it broken: from now on they show a try at it, which waits for the link.
  await world.waitFor(move.id, 'resumed', ({ phase }) => phase.includes('it is resumed'));
  await mend();
  expect(await world.ended(move.id)).toMatchObject({ status: 'completed', phase: 'moved', error: null });
  await expectWhole(move);
});

test('a controller that is killed before the link is lost resumes it after its start', async () => {
  const move = await inPostCopy();
  await world.ferry.kill();
  const mend = await loseLink(move);
  await bothShow(move, 'post-copy failed');
  await mend();
  await world.ferry.start();
  expect(await world.ended(move.id)).toMatchObject({ status: 'completed', phase: 'moved', error: null });
  await expectWhole(move);
});
