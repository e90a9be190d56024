import type { PlanOptions } from './fleet-plan.ts';
import { changeRoom, type FleetRoom } from './fleet-room.ts';
import { type LinkMap, linksOf, narrowest, wholeMs } from './move-time.ts';
import { fits, placementItem } from './placement-item.ts';
import type { MoveTask, PlanTask } from './plan-task.ts';
import { MoveSchedule, type Schedule } from './schedule-moves.ts';

/** Tasks with their times; where a circle had to be broken there are more of them than were asked for. */
export interface OrderedTasks {
  readonly tasks: readonly PlanTask[];
  readonly schedule: Schedule;
}

interface Ordering {
  /** The room before anything moves. */
  readonly room: FleetRoom;
  readonly map: LinkMap;
  readonly options: PlanOptions;
}

/** Gives each task its time, breaks circles by a move through a third host, and tries other orders for a better one. */
export function orderTasks(asked: readonly PlanTask[], { room, map, options }: Ordering): OrderedTasks {
  const time = (task: MoveTask): number =>
    wholeMs(task.load, narrowest(map, linksOf(map, task.from, task.to)));
  const reckon = (tasks: readonly PlanTask[], order: readonly number[]): Schedule =>
    new MoveSchedule(tasks, order, room, map, options).run();
  let tasks = asked;
  let order = firstOrder(tasks, options, time);
  let schedule = reckon(tasks, order);
  for (let round = 0; round < tasks.length; round += 1) {
    moveAll(room, tasks, schedule, 1);
    const broken = breakCircle(tasks, schedule, room);
    moveAll(room, tasks, schedule, -1);
    if (broken === null) break;
    const better = reckon(broken, firstOrder(broken, options, time));
    if (done(better) <= done(schedule)) break;
    tasks = broken;
    order = firstOrder(tasks, options, time);
    schedule = better;
  }
  return { tasks, schedule: improve(order, options, schedule, (other) => reckon(tasks, other)) };
}

/** The room as it is when all that can be done is done (1), or as it was before (-1). */
function moveAll(room: FleetRoom, tasks: readonly PlanTask[], { times }: Schedule, by: 1 | -1): void {
  for (const [number, task] of tasks.entries()) {
    if (task.kind !== 'move' || times[number] === null) continue;
    changeRoom(room, task.guest, task.to, by);
    changeRoom(room, task.guest, task.from, by === 1 ? -1 : 1);
  }
}

const done = ({ times }: Schedule): number => times.filter((time) => time !== null).length;

/** Longest first makes the end of all early (LPT), shortest first the mean of the ends (SPT). */
function firstOrder(
  tasks: readonly PlanTask[],
  { order }: PlanOptions,
  time: (task: MoveTask) => number,
): number[] {
  const sign = order === 'soonest-done' ? -1 : 1;
  return tasks
    .flatMap((task, number) => (task.kind === 'move' ? [{ number, rank: task.rank, ms: time(task) }] : []))
    .toSorted(
      (one, other) => other.rank - one.rank || sign * (one.ms - other.ms) || one.number - other.number,
    )
    .map(({ number }) => number);
}

/**
 * Guests that wait for each other's place: the smallest of those whose going would let another one come goes to a third host
 * first, and to its own from there. Null where nothing waits so, or no host has room for any.
 */
function breakCircle(tasks: readonly PlanTask[], schedule: Schedule, after: FleetRoom): PlanTask[] | null {
  const waiting = tasks.flatMap((task, number) =>
    task.kind === 'move' &&
    schedule.times[number] === null &&
    task.needs.every((need) => schedule.times[need] !== null)
      ? [{ task, number }]
      : [],
  );
  const wanted = new Set(waiting.map(({ task }) => task.to));
  const candidates = waiting
    .filter(({ task }) => wanted.has(task.from) && !task.isPivot)
    .toSorted((one, other) => one.task.load.bytes - other.task.load.bytes || one.number - other.number);
  for (const { task, number } of candidates) {
    const item = { ...placementItem(after.index, [task.guest], task.from), affine: [] };
    const through = after.index.hosts.findIndex(
      (_, host) => host !== task.to && !wanted.has(host) && fits(after, item, host),
    );
    if (through < 0) continue;
    return detour(tasks, task, number, through, after.index.hosts[through]?.name ?? '');
  }
  return null;
}

function detour(
  tasks: readonly PlanTask[],
  task: MoveTask,
  number: number,
  through: number,
  name: string,
): PlanTask[] {
  const last = tasks.length;
  const changed = tasks.map((other) =>
    other.needs.includes(number)
      ? { ...other, needs: other.needs.map((need) => (need === number ? last : need)) }
      : other,
  );
  changed[number] = {
    ...task,
    to: through,
    isPivot: true,
    because: `through ${name}, for guests wait for each other's room in a circle`,
  };
  changed.push({ ...task, from: through, needs: [number] });
  return changed;
}

/** So many other orders are tried; fewer where each takes long. */
const tries = { most: 150, moves: 20_000 };

/** Local search: two moves of the order change places, and what is better stays. The same seed finds the same. */
function improve(
  order: readonly number[],
  { order: goal, seed }: PlanOptions,
  first: Schedule,
  reckon: (order: readonly number[]) => Schedule,
): Schedule {
  const value = ({ totalMs, endsMs }: Schedule): number =>
    goal === 'soonest-done' ? totalMs + endsMs * 1e-9 : endsMs + totalMs * 1e-9;
  const random = seeded(seed);
  let best = first;
  let current = [...order];
  const rounds = order.length < 2 ? 0 : Math.min(tries.most, Math.floor(tries.moves / order.length));
  for (let round = 0; round < rounds; round += 1) {
    const one = Math.floor(random() * current.length);
    const other = Math.floor(random() * current.length);
    if (one === other) continue;
    const tried = [...current];
    [tried[one], tried[other]] = [current[other] ?? 0, current[one] ?? 0];
    const schedule = reckon(tried);
    if (done(schedule) < done(best) || value(schedule) >= value(best)) continue;
    best = schedule;
    current = tried;
  }
  return best;
}

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
