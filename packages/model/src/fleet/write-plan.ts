import { showBytes } from '../check/show-values.ts';
import { showTime } from './describe-plan.ts';
import type { FleetPlan, MemoryPoint, PlanAction, PlanBlocker, PlanGoal, PlanStep } from './fleet-plan.ts';
import { fleetRoom, memoryLimit, roomOf } from './fleet-room.ts';
import { lowerBound, type PlanTask, type TaskTime } from './plan-task.ts';
import { nameOfGuest, nameOfHost, type PlanDraft } from './plan-draft.ts';
import type { OrderedTasks } from './order-tasks.ts';
import { roomOrder } from './room-order.ts';

interface Timed {
  readonly number: number;
  readonly task: PlanTask;
  readonly time: TaskTime;
}

/** The plan as it is told: steps by their begin, what stays, the bounds, and each host's memory over time. */
export function writePlan(draft: PlanDraft, goal: PlanGoal, { tasks, schedule }: OrderedTasks): FleetPlan {
  const { index, map, options } = draft;
  const timed = tasks
    .flatMap((task, number): Timed[] => {
      const time = schedule.times[number];
      return time ? [{ number, task, time }] : [];
    })
    .toSorted(
      (one, other) =>
        one.time.startsAtMs - other.time.startsAtMs ||
        one.time.endsAtMs - other.time.endsAtMs ||
        one.number - other.number,
    );
  const numbers = new Map(timed.map(({ number }, place) => [number, place + 1]));
  const byRoom = roomOrder(index, tasks, schedule);
  const steps = timed.map(({ number, task, time }, place): PlanStep => {
    const after = new Set([...task.needs, ...(byRoom.get(number) ?? [])]);
    return {
      number: place + 1,
      action: actionOf(draft, task),
      after: [...after].flatMap((other) => numbers.get(other) ?? []).toSorted((a, b) => a - b),
      startsAtMs: Math.round(time.startsAtMs),
      endsAtMs: Math.round(time.endsAtMs),
      because: task.because,
    };
  });
  const moves = timed.flatMap(({ task }) => (task.kind === 'move' ? [task] : []));
  const totalMs = Math.round(schedule.totalMs);
  const bound = withFixedSteps(lowerBound(moves, index.hosts, map, options.limits), timed, tasks);
  return {
    goal,
    madeFrom: index.state.readAt,
    steps,
    blockers: [...draft.blockers, ...neverBegun(draft, { tasks, schedule })],
    stays: draft.stays,
    totalMs,
    lowerBound: { ms: Math.min(totalMs, Math.round(bound.ms)), because: bound.because },
    bytes: moves.reduce((sum, { load }) => sum + load.bytes, 0),
    memory: memoryOverTime(draft, timed),
    deadline: deadlineOf(draft, totalMs, bound.ms),
  };
}

function actionOf({ index }: PlanDraft, task: PlanTask): PlanAction {
  if (task.kind === 'fixed') return task.action;
  return {
    kind: 'move',
    guestId: index.guests[task.guest]?.id ?? '',
    fromHostId: index.hosts[task.from]?.id ?? '',
    toHostId: index.hosts[task.to]?.id ?? '',
    how: task.how,
    bytes: task.load.bytes,
    downtimeMs: task.downtimeMs,
    isPivot: task.isPivot,
  };
}

/** Steps that need each other take their time one after the other, whatever moves beside them. */
function withFixedSteps(
  bound: FleetPlan['lowerBound'],
  timed: readonly Timed[],
  tasks: readonly PlanTask[],
): FleetPlan['lowerBound'] {
  const chains = new Map<number, number>();
  let longest = 0;
  for (const { number, task } of timed) {
    const before = task.needs.reduce((most, need) => Math.max(most, chains.get(need) ?? 0), 0);
    const own = task.kind === 'fixed' ? task.durationMs : task.load.prepareMs + task.load.downtimeMs;
    chains.set(number, before + own);
    longest = Math.max(longest, before + own);
  }
  return longest > bound.ms && tasks.length > 0
    ? { ms: longest, because: 'steps that need each other, one after the other' }
    : bound;
}

/** Moves that wait for room that never gets free. */
function neverBegun(draft: PlanDraft, { tasks, schedule }: OrderedTasks): PlanBlocker[] {
  return tasks.flatMap((task, number): PlanBlocker[] => {
    if (task.kind !== 'move' || schedule.times[number]) return [];
    const name = nameOfGuest(draft, task.guest);
    const target = nameOfHost(draft, task.to);
    const needed = showBytes(roomOf(draft.index, task.guest).memoryBytes);
    const waits = task.needs.some((need) => !schedule.times[need]);
    return [
      {
        guestId: draft.index.guests[task.guest]?.id ?? null,
        hostId: draft.index.hosts[task.from]?.id ?? null,
        because: waits
          ? `${name} waits for another step that cannot be done`
          : `${name} needs ${needed} on ${target} and waits for guests there that wait for others, and no third host has room for any of them on the way`,
        remedies: waits ? ['clear the other blockers first'] : [`free ${needed} on ${target}`, 'add a host'],
      },
    ];
  });
}

/** Memory by host where it changes: a guest that moves counts on both hosts from its begin to its end. */
function memoryOverTime({ index }: PlanDraft, timed: readonly Timed[]): FleetPlan['memory'] {
  const changes = new Map<number, { atMs: number; by: number }[]>();
  const add = (host: number, atMs: number, by: number): void => {
    const list = changes.get(host) ?? [];
    if (list.length === 0) changes.set(host, list);
    list.push({ atMs: Math.round(atMs), by });
  };
  for (const { task, time } of timed) {
    if (task.kind !== 'move') continue;
    const { memoryBytes } = roomOf(index, task.guest);
    if (memoryBytes === 0) continue;
    add(task.to, time.startsAtMs, memoryBytes);
    if (task.from >= 0) add(task.from, time.endsAtMs, -memoryBytes);
  }
  const room = fleetRoom(index);
  return [...changes]
    .toSorted(([one], [other]) => one - other)
    .map(([host, list]) => ({
      hostId: index.hosts[host]?.id ?? '',
      limitBytes: memoryLimit(room, host),
      points: points(room.memory[host] ?? 0, list),
    }));
}

/** At the same moment what leaves goes first: it did when it made room. */
function points(first: number, changes: readonly { atMs: number; by: number }[]): MemoryPoint[] {
  const found: MemoryPoint[] = [{ atMs: 0, bytes: first }];
  let bytes = first;
  for (const { atMs, by } of changes.toSorted((one, other) => one.atMs - other.atMs || one.by - other.by)) {
    bytes += by;
    if (found.at(-1)?.atMs === atMs) found[found.length - 1] = { atMs, bytes };
    else found.push({ atMs, bytes });
  }
  return found;
}

function deadlineOf({ index, options }: PlanDraft, totalMs: number, boundMs: number): FleetPlan['deadline'] {
  if (options.deadline === null) return null;
  const left = Date.parse(options.deadline) - Date.parse(index.state.readAt);
  if (Number.isNaN(left)) return { met: false, because: `${options.deadline} is no time in UTC, ISO 8601` };
  if (totalMs <= left)
    return { met: true, because: `it takes ${showTime(totalMs)}, and there are ${showTime(left)}` };
  const never = boundMs > left ? ' (no order of its moves takes less than there is)' : '';
  return {
    met: false,
    because: `it takes ${showTime(totalMs)} and there are ${showTime(Math.max(0, left))}; at least ${showTime(boundMs)} are needed${never}`,
  };
}
