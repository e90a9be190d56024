import { type FleetIndex, indexFleet } from './fleet-index.ts';
import type { PlanBlocker, PlanOptions } from './fleet-plan.ts';
import { fleetRoom, type FleetRoom } from './fleet-room.ts';
import type { FleetState } from './fleet-state.ts';
import type { LinkMap, Movability } from './move-time.ts';
import type { PlacementItem } from './placement-item.ts';
import type { FixedTask, MoveTask, PlanTask } from './plan-task.ts';

/** What a plan is made in: the fleet by numbers, and what was found so far. */
export interface PlanDraft {
  readonly index: FleetIndex;
  readonly options: PlanOptions;
  readonly map: LinkMap;
  /** The room as it will be when the tasks are done, without those that leave: what comes is added, nothing is freed. */
  readonly room: FleetRoom;
  readonly tasks: PlanTask[];
  readonly blockers: PlanBlocker[];
  readonly stays: { guestId: string; because: string }[];
  /** Where each guest is when the tasks are done. */
  readonly where: Int32Array;
  /** The last move of each guest that has one: another one of it comes after. */
  readonly lastMove: Map<number, number>;
  /** Moves to each host. */
  readonly arrivals: Map<number, number[]>;
}

export function newDraft(state: FleetState, options: PlanOptions): PlanDraft {
  const index = indexFleet(state);
  return {
    index,
    options,
    map: index.links,
    room: fleetRoom(index),
    tasks: [],
    blockers: [],
    stays: [],
    where: index.at.slice(),
    lastMove: new Map(),
    arrivals: new Map(),
  };
}

/** The numbers of hosts by their ids, once each; ids that nobody knows become blockers. */
export function knownHosts(draft: PlanDraft, ids: readonly string[]): number[] {
  return [...new Set(ids)].flatMap((id) => {
    const host = draft.index.hostOf.get(id);
    if (host !== undefined) return [host];
    draft.blockers.push({
      guestId: null,
      hostId: id,
      because: `there is no host ${id}`,
      remedies: ['list the hosts, and name one of them'],
    });
    return [];
  });
}

/** Adds a task and answers its number. */
function addTask(draft: PlanDraft, task: PlanTask): number {
  return draft.tasks.push(task) - 1;
}

export function addFixed(
  draft: PlanDraft,
  action: FixedTask['action'],
  because: string,
  needs: readonly number[] = [],
  durationMs = 0,
): number {
  return addTask(draft, { kind: 'fixed', action, because, needs, durationMs });
}

/** Adds the moves of all guests of an item to one host. */
export function addMoves(
  draft: PlanDraft,
  item: PlacementItem,
  to: number,
  how: (guest: number) => Movability & { kind: 'moves' },
  because: string,
  needs: readonly number[] = [],
): number[] {
  return item.guests.map((guest) => {
    const { load, downtimeMs, how: way } = how(guest);
    const before = draft.lastMove.get(guest);
    const rank = draft.index.guests[guest]?.priority ?? 0;
    const task: MoveTask = {
      kind: 'move',
      guest,
      from: item.from,
      to,
      how: way,
      load,
      downtimeMs,
      isPivot: false,
      rank,
      because,
      needs: [...needs, ...(before === undefined ? [] : [before])],
    };
    const number = addTask(draft, task);
    draft.lastMove.set(guest, number);
    draft.where[guest] = to;
    draft.arrivals.set(to, [...(draft.arrivals.get(to) ?? []), number]);
    return number;
  });
}

/** Guests that are on a host when the tasks are done. */
export function guestsNow({ index, tasks, where, arrivals }: PlanDraft, host: number): number[] {
  const came = (arrivals.get(host) ?? []).flatMap((number) => {
    const task = tasks[number];
    return task?.kind === 'move' ? [task.guest] : [];
  });
  return [...new Set([...index.guestsAt(host), ...came])].filter((guest) => where[guest] === host);
}

/** Takes the tasks from a number on back, with where their guests would be; the room is left to the caller. */
export function dropTasks(draft: PlanDraft, from: number): void {
  for (let number = draft.tasks.length - 1; number >= from; number -= 1) {
    const task = draft.tasks[number];
    if (task?.kind !== 'move') continue;
    const before = task.needs.find((need) => {
      const other = draft.tasks[need];
      return other?.kind === 'move' && other.guest === task.guest;
    });
    if (before === undefined) draft.lastMove.delete(task.guest);
    else draft.lastMove.set(task.guest, before);
    draft.where[task.guest] = task.from;
    draft.arrivals.get(task.to)?.pop();
  }
  draft.tasks.length = from;
}

/** What the steps, blockers and guests that stay are to be called by. */
export function nameOfHost(draft: PlanDraft, host: number): string {
  return draft.index.hosts[host]?.name ?? 'an unknown host';
}

export function nameOfGuest(draft: PlanDraft, guest: number): string {
  return draft.index.guests[guest]?.name ?? 'an unknown guest';
}
