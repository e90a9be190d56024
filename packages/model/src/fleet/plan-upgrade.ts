import { changeRoom, copyRoom, type FleetRoom } from './fleet-room.ts';
import { findPlaces } from './find-places.ts';
import { addFixed, dropTasks, knownHosts, nameOfHost, type PlanDraft } from './plan-draft.ts';
import { enterMaintenance, leaving, movesOf, shutDownAll } from './plan-drain.ts';

/** Reckoned for an upgrade until the host is seen back, and for a guest's start there, ms. */
const upgradeMs = 600_000;
const startMs = 15_000;

/** A sweep as it goes on. */
interface Sweep {
  readonly draft: PlanDraft;
  /** The step with which each host is back: guests come to it after that. */
  readonly back: Map<number, number>;
  /** Hosts that are upgraded, in order. */
  readonly done: number[];
  /** Hosts whose turn has not come, with their place in the order: the later, the longer a guest can stay there. */
  readonly turns: Map<number, number>;
}

/**
 * Upgrades hosts one after the other (`hostsAtOnce` of them at a time): each is emptied, upgraded and seen back, and then
 * takes the guests of the next. So each guest moves once, always to a host that is upgraded, but for those of the first hosts
 * where no host outside the list has room: they go to hosts whose turn is later. Hosts that nothing runs on go first. A host
 * that cannot be emptied is left as it is, with what keeps it.
 */
export function planUpgrade(draft: PlanDraft, hostIds: readonly string[]): void {
  const hosts = knownHosts(draft, hostIds);
  const runs = (host: number): boolean => draft.room.memory[host] !== 0;
  const order = [...hosts.filter((host) => !runs(host)), ...hosts.filter(runs)];
  const turns = new Map(order.map((host, turn) => [host, turn]));
  const sweep: Sweep = { draft, back: new Map(), done: [], turns };
  for (const host of order) upgradeOne(sweep, host);
}

function upgradeOne(sweep: Sweep, host: number): void {
  const { draft, done, back, turns } = sweep;
  const { room, options, arrivals } = draft;
  const atOnce = Math.max(1, options.hostsAtOnce ?? 1);
  turns.delete(host);
  // Of those that are upgraded beside it nobody knows when they are back.
  const beside = atOnce > 1 ? done.slice(1 - atOnce) : [];
  const closed = room.closed.slice();
  for (const other of [...beside, host]) room.closed[other] = 1;
  const before = { room: copyRoom(room), tasks: draft.tasks.length, stays: draft.stays.length };
  const blockers = draft.blockers.length;
  const turn = done.at(-atOnce);
  const needs = [...(turn === undefined ? [] : [back.get(turn) ?? 0]), ...(arrivals.get(host) ?? [])];
  const entered = enterMaintenance(draft, host, 'it is to be upgraded', needs);
  empty(sweep, host, entered);
  const failed = draft.blockers.length > blockers;
  if (failed) {
    dropTasks(draft, before.tasks);
    draft.stays.length = before.stays;
    restoreRoom(room, before.room);
    leftAsItIs(draft, host, draft.blockers.length - blockers);
  }
  room.closed.set(closed);
  if (!failed) room.closed[host] = draft.index.hosts[host]?.admission === 'disabled' ? 1 : 0;
}

/** Moves all that runs on the host to where it has a place, upgraded hosts first; then the upgrade itself. */
function empty(sweep: Sweep, host: number, entered: readonly number[]): void {
  const { draft, back, turns, done } = sweep;
  const { index, room, tasks } = draft;
  const order = index.hosts.length;
  const hostId = index.hosts[host]?.id ?? '';
  if (index.hosts[host]?.service === 'down') {
    const because = `${nameOfHost(draft, host)} does not answer`;
    draft.blockers.push({
      guestId: null,
      hostId,
      because,
      remedies: [`bring ${nameOfHost(draft, host)} back`],
    });
    return;
  }
  const blockers = draft.blockers.length;
  const { items, shutDown } = leaving(draft, host, true);
  const moves = findPlaces(draft, {
    items,
    because: () => `${nameOfHost(draft, host)} is to be upgraded`,
    how: (guest) => movesOf(draft, guest),
    rank: (to) => (back.has(to) ? 1 : turns.has(to) ? (turns.get(to) ?? 0) - order : 0),
    needs: ({ from }, to) => [
      ...(from === host ? entered : []),
      ...(back.has(to) ? [back.get(to) ?? 0] : []),
    ],
    mayClear: (other) => !back.has(other),
  });
  if (draft.blockers.length > blockers) return;
  const gone = [...moves.values()].flat();
  const off = shutDownAll(draft, host, shutDown, [...entered, ...gone]);
  const upgraded = addFixed(
    draft,
    { kind: 'upgrade-host', hostId },
    'nothing runs on it',
    [...entered, ...gone, ...off],
    upgradeMs,
  );
  back.set(host, addFixed(draft, { kind: 'leave-maintenance', hostId }, 'it is upgraded', [upgraded]));
  done.push(host);
  for (const { guest } of shutDown) {
    const guestId = index.guests[guest]?.id ?? '';
    addFixed(
      draft,
      { kind: 'start', guestId, hostId },
      'it was shut down for the upgrade',
      [upgraded],
      startMs,
    );
  }
  for (const number of gone) {
    const task = tasks[number];
    if (task?.kind === 'move') changeRoom(room, task.guest, task.from, -1);
  }
}

function leftAsItIs({ index, blockers }: PlanDraft, host: number, found: number): void {
  const { id = null, name = '' } = index.hosts[host] ?? {};
  const because = `${name} is not upgraded and nothing leaves it, for ${found === 1 ? 'one thing stands' : `${found} things stand`} in the way`;
  blockers.push({ guestId: null, hostId: id, because, remedies: [`clear the other blockers of ${name}`] });
}

function restoreRoom(room: FleetRoom, before: FleetRoom): void {
  room.memory.set(before.memory);
  room.vcpus.set(before.vcpus);
  room.diskFree.set(before.diskFree);
  room.members.clear();
  for (const [key, count] of before.members) room.members.set(key, count);
}
