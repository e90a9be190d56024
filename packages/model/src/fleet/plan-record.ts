import type { FleetPlan, PlanAction, PlanGoal, PlanOptions, PlanStep } from './fleet-plan.ts';
import type { PlanState, StepState } from './plan-state.ts';
import type { PlanRehearsal, StepRehearsal } from './plan-rehearsal.ts';

/** A plan as it is kept: what it was made of, where it stands, and what has happened since. */
export interface PlanRecord {
  readonly id: string;
  readonly goal: PlanGoal;
  readonly options: PlanOptions;
  readonly state: PlanState;
  /** As it was made last. */
  readonly outline: Omit<FleetPlan, 'steps'>;
  readonly course: PlanCourse;
  /** Grows by each change. */
  readonly revision: number;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly finishedAt: string | null;
}

/** A step as it is kept. Steps are never taken away: those of earlier plannings are dropped, and told so. */
export interface StepRecord extends PlanStep {
  readonly state: StepState;
  /** The migration that does it, or did. */
  readonly migrationId: string | null;
  /** Of a move of a plan whose moves were rehearsed, or are. */
  readonly rehearsal?: StepRehearsal;
}

/** What was tried and found since a plan was applied. */
export interface PlanCourse {
  /** How often the rest was planned anew, and how often since a step last ended well. */
  readonly replans: number;
  readonly replansWithoutProgress: number;
  /** Why it was last; null: it never was. */
  readonly replannedBecause: string | null;
  /** Numbers of steps that failed and were planned around already. */
  readonly settled: readonly number[];
  /** Moves that failed, by the id of the guest. */
  readonly failures: Readonly<Record<string, GuestFailures>>;
  /** Hosts that it has put into maintenance and not taken out of it again. */
  readonly maintained: readonly string[];
  /** What a host was before its hook ran, by its id. */
  readonly hostsBefore: Readonly<Record<string, HostBefore>>;
  /** Steps that a person has given their word for, by number. */
  readonly words: readonly number[];
  /** The last time that its moves were rehearsed; not set: they never were. */
  readonly rehearsal?: PlanRehearsal;
}

/** Moves of one guest that failed. */
export interface GuestFailures {
  readonly count: number;
  /** Ids of targets on which it failed: it is not moved there again. */
  readonly notOn: readonly string[];
  readonly last: string;
}

/** A host as it was seen before its hook ran. */
export interface HostBefore {
  readonly hypervisorVersion: number;
  readonly libvirtVersion: number;
  readonly machineTypes: readonly string[];
}

/** A plan without its steps, which are kept by themselves. */
export function outlineOf({ steps: _steps, ...outline }: FleetPlan): PlanRecord['outline'] {
  return outline;
}

export const noCourse: PlanCourse = {
  replans: 0,
  replansWithoutProgress: 0,
  replannedBecause: null,
  settled: [],
  failures: {},
  maintained: [],
  hostsBefore: {},
  words: [],
};

/** Hosts and guests that a plan has to do with, as far as its steps are not over. */
export interface PlanExtent {
  /** Ids of hosts that it empties or works at. */
  readonly emptied: ReadonlySet<string>;
  /** Ids of hosts that it moves guests to. */
  readonly filled: ReadonlySet<string>;
  readonly guests: ReadonlySet<string>;
}

/** What a plan with that goal and those steps left has to do with. */
export function extentOf(goal: PlanGoal, actions: readonly PlanAction[]): PlanExtent {
  const emptied = new Set(hostsOfGoal(goal));
  const filled = new Set<string>();
  const guests = new Set<string>();
  for (const action of actions) {
    if ('guestId' in action) guests.add(action.guestId);
    if (action.kind === 'move') filled.add(action.toHostId);
    else emptied.add(action.hostId);
  }
  return { emptied, filled, guests };
}

/** Ids of hosts that the goal empties; others are only touched. */
function hostsOfGoal(goal: PlanGoal): readonly string[] {
  switch (goal.kind) {
    case 'drain':
    case 'upgrade':
      return goal.hostIds;
    case 'offload':
    case 'evacuate':
      return [goal.hostId];
    case 'return':
    case 'balance':
      return [];
  }
}

/** Why two plans cannot be carried out at the same time, as words on guests and hosts; null: they can. */
export function overlapOf(one: PlanExtent, other: PlanExtent, nameOf: (id: string) => string): string | null {
  const guests = [...one.guests].filter((id) => other.guests.has(id));
  const hosts = new Set([
    ...[...one.emptied].filter((id) => other.emptied.has(id) || other.filled.has(id)),
    ...[...one.filled].filter((id) => other.emptied.has(id)),
  ]);
  const parts = [
    ...(guests.length === 0 ? [] : [`moves ${few(guests.map(nameOf))}`]),
    ...(hosts.size === 0 ? [] : [`has to do with ${few([...hosts].map(nameOf))}`]),
  ];
  return parts.length === 0 ? null : `${parts.join(' and ')}, too`;
}

const maxNamed = 5;

function few(names: readonly string[]): string {
  const told = names.toSorted().slice(0, maxNamed).join(', ');
  return names.length > maxNamed ? `${told} and ${names.length - maxNamed} more` : told;
}
