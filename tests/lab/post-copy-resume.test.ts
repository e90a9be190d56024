import { type LabGuest, type LabHost, until } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BothHosts, differences, hostState } from '../faults/host-state.ts';
import { LabWorld } from './lab-world.ts';

/** libvirt 11.3, the usual release's, crashes at resuming: this is about one that does not. */
const release = 'trixie-backports';
/** More than a weak link, and so little that memory is fetched for a while. */
const bandwidthBytesPerSecond = 16 * 1024 * 1024;
const name = 'web';

let world: LabWorld;
let guest: LabGuest;

beforeAll(async () => {
  world = await LabWorld.up('pcresume', [{ release }, { release }]);
  const dirty = { mib: 96, mibPerSecond: 60 };
  guest = await world.guest({ name, host: 'compute11', storage: 'shared', memoryMib: 256, dirty });
});
afterAll(() => world?.down());

/** Both ends of a move, and what was so before it. */
interface Move {
  readonly id: string;
  readonly source: LabHost;
  readonly target: LabHost;
  readonly boot: string;
  readonly before: BothHosts;
}

async function state(host: LabHost): Promise<string> {
  return (await host.exec(['virsh', '-q', 'domstate', '--reason', name])).stdout.trim();
}

/** Waits until the source, paused, and the target, running, both show a reason. */
async function bothShow({ source, target }: Pick<Move, 'source' | 'target'>, reason: string): Promise<void> {
  const wanted = `paused (${reason}), running (${reason})`;
  let seen = '';
  await until(wanted, 120_000, async () => {
    seen = `${await state(source)}, ${await state(target)}`;
    return seen === wanted || null;
  }).catch((error: unknown) => {
    throw new Error(`the hosts show ${seen}`, { cause: error });
  });
}

async function bothStates({ source, target }: Pick<Move, 'source' | 'target'>): Promise<BothHosts> {
  return { source: await hostState(source), target: await hostState(target) };
}

/** Moves it to the other host until that runs it while it fetches its memory. */
async function inPostCopy(): Promise<Move> {
  const { host } = await world.client.instance(name);
  const [source, target] = [host, host === 'compute11' ? 'compute12' : 'compute11'].map((one) =>
    world.host(one),
  );
  if (source === undefined || target === undefined) throw new Error('there are two hosts');
  const { id: boot } = await guest.waitAlive();
  const before = await bothStates({ source, target });
  const { id } = await world.move(name, 'live', target.name, { bandwidthBytesPerSecond, postCopy: 'ask' });
  await bothShow({ source, target }, 'post-copy');
  return { id, source, target, boot, before };
}

/** Cuts the link for so long that both kernels have given up what was open over it; gives what mends it. */
async function loseLink({ source, target }: Move): Promise<() => Promise<void>> {
  const mend = await target.dropTraffic({ to: source.address, from: source.address });
  await Promise.all([source.breakConnections(target.address), target.breakConnections(source.address)]);
  await bothShow({ source, target }, 'post-copy failed');
  return mend;
}

/** It is the same guest, on the target alone, each page that it keeps dirty is as it was written, and nothing is left. */
async function expectWhole(move: Move): Promise<void> {
  expect(await world.lab.runStates(name)).toMatchObject([{ host: move.target.name, state: 'running' }]);
  const { passes } = await guest.waitAlive();
  const answer = await until('its memory to be looked at once more', 120_000, async () => {
    const now = await guest.stat();
    return now !== null && now.passes > passes + 1 ? now : null;
  });
  expect(answer).toMatchObject({ id: move.boot, bad: 0 });
  const marks = [name, guest.uuid, 'interface tap'];
  expect(differences(move.before, await bothStates(move), { moved: true, marks })).toEqual([]);
}

test('the checks know both versions of libvirt to resume it', async () => {
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
  await world.waitFor(move.id, 'resumed', ({ phase }) => phase.includes('it is resumed'));
  await mend();
  expect(await world.ended(move.id)).toMatchObject({ status: 'completed', phase: 'moved', error: null });
  await expectWhole(move);
});

test('a controller that is killed meanwhile resumes it after its start', async () => {
  const move = await inPostCopy();
  const mend = await loseLink(move);
  await world.ferry.kill();
  await bothShow(move, 'post-copy failed');
  await mend();
  await world.ferry.start();
  expect(await world.ended(move.id)).toMatchObject({ status: 'completed', phase: 'moved', error: null });
  await expectWhole(move);
});
