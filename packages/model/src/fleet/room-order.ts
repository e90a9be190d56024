import type { FleetIndex } from './fleet-index.ts';
import { fleetRoom, type FleetRoom, memoryLimit, membersOn, roomOf, vcpuLimit } from './fleet-room.ts';
import type { MoveTask, PlanTask } from './plan-task.ts';
import type { Schedule } from './schedule-moves.ts';

/** A move in time, by its number. */
interface TimedMove {
  readonly number: number;
  readonly task: MoveTask;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

/**
 * Which moves must have left a host before another one may come to it, by room alone: whatever the order in which moves
 * really begin and end, a host never holds more than it has room for.
 *
 * Of each host the moves that come are taken in the order of their begin, and those that leave in that of their end. One that
 * comes waits for the shortest head of those that leave with which it and all that come before it have room. A later one
 * waits for no shorter head, so that any that come out of turn have room, too.
 */
export function roomOrder(
  index: FleetIndex,
  tasks: readonly PlanTask[],
  schedule: Schedule,
): ReadonlyMap<number, readonly number[]> {
  const coming = new Map<number, TimedMove[]>();
  const going = new Map<number, TimedMove[]>();
  for (const [number, task] of tasks.entries()) {
    const time = schedule.times[number];
    if (task.kind !== 'move' || time === null || time === undefined) continue;
    const move = { number, task, ...time };
    coming.set(task.to, [...(coming.get(task.to) ?? []), move]);
    if (task.from >= 0) going.set(task.from, [...(going.get(task.from) ?? []), move]);
  }
  const room = fleetRoom(index);
  const after = new Map<number, readonly number[]>();
  for (const [host, moves] of coming) {
    const leaving = going.get(host);
    if (leaving === undefined) continue;
    moves.sort((one, other) => one.startsAtMs - other.startsAtMs || one.number - other.number);
    leaving.sort((one, other) => one.endsAtMs - other.endsAtMs || one.number - other.number);
    waitFor(room, host, moves, leaving, after);
  }
  return after;
}

/** What a host is short of, each at least 0 when it has room: memory, processors, disk, and each group of those that come. */
type Ledger = Map<string, number>;

function waitFor(
  room: FleetRoom,
  host: number,
  coming: readonly TimedMove[],
  leaving: readonly TimedMove[],
  after: Map<number, readonly number[]>,
): void {
  const left: Ledger = new Map([
    ['memory', memoryLimit(room, host) - (room.memory[host] ?? 0)],
    ['vcpus', vcpuLimit(room, host) - (room.vcpus[host] ?? 0)],
    ['disk', room.diskFree[host] || 0],
  ]);
  let head = 0;
  for (const { number, task } of coming) {
    const wanted = change(room, left, task, host, -1);
    while (head < leaving.length && wanted.some((key) => (left.get(key) ?? 0) < 0)) {
      const gone = leaving[head];
      if (gone !== undefined) change(room, left, gone.task, host, 1);
      head += 1;
    }
    if (head > 0)
      after.set(
        number,
        leaving
          .slice(0, head)
          .map((move) => move.number)
          .filter((other) => other !== number),
      );
  }
}

/** Takes what the guest needs (-1) or frees it (1). Answers what it asks of, by name. */
function change(room: FleetRoom, left: Ledger, { guest }: MoveTask, host: number, by: 1 | -1): string[] {
  const { memoryBytes, vcpus, diskBytes } = roomOf(room.index, guest);
  const asked: string[] = [];
  const take = (key: string, amount: number, first: number): void => {
    if (amount === 0) return;
    left.set(key, (left.get(key) ?? first) + by * amount);
    asked.push(key);
  };
  take('memory', memoryBytes, 0);
  take('vcpus', vcpus, 0);
  take('disk', diskBytes, 0);
  for (const group of room.index.groupsOf(guest)) {
    const { policy, maxPerHost = 1 } = room.index.groups[group] ?? {};
    if (policy === 'anti-affinity') take(`group ${group}`, 1, maxPerHost - membersOn(room, group, host));
  }
  return asked;
}
