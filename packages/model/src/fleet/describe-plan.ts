import { showBytes } from '../check/show-values.ts';
import type { FleetPlan, PlanAction, PlanGoal } from './fleet-plan.ts';

/** What hosts and guests are called, by id. */
export interface PlanNames {
  readonly hosts: ReadonlyMap<string, string>;
  readonly guests: ReadonlyMap<string, string>;
}

/** A plan in plain lines: what it reaches, its steps by time, what stays, all blockers with what would clear them, its bounds. */
export function describePlan(plan: FleetPlan, names: PlanNames): string[] {
  const host = (id: string): string => names.hosts.get(id) ?? id;
  const guest = (id: string): string => names.guests.get(id) ?? id;
  const { steps, blockers, stays, lowerBound, deadline } = plan;
  const moves = steps.filter(({ action }) => action.kind === 'move').length;
  const gap = lowerBound.ms > 0 ? ` (${(plan.totalMs / lowerBound.ms).toFixed(2)} times that)` : '';
  return [
    `${describeGoal(plan.goal, host)}: ${count(moves, 'move')}, ${showBytes(plan.bytes)}, ${showTime(plan.totalMs)}`,
    `No order of these moves takes less than ${showTime(lowerBound.ms)}: ${lowerBound.because}${gap}`,
    ...(deadline === null
      ? []
      : [`Deadline ${deadline.met ? 'can be met' : 'cannot be met'}: ${deadline.because}`]),
    ...steps.map(
      ({ number, action, after, startsAtMs, endsAtMs, because }) =>
        `${number}. ${showTime(startsAtMs)}–${showTime(endsAtMs)} ${describeAction(action, host, guest)}${after.length > 0 ? ` after ${after.join(', ')}` : ''}: ${because}`,
    ),
    ...stays.map(({ guestId, because }) => `${guest(guestId)} stays: ${because}`),
    ...blockers.map(
      ({ because, remedies }) =>
        `Blocker: ${because}${remedies.length > 0 ? `. What would clear it: ${remedies.join('; or ')}` : ''}`,
    ),
  ];
}

function describeGoal(goal: PlanGoal, host: (id: string) => string): string {
  switch (goal.kind) {
    case 'drain':
      return `Drain ${goal.hostIds.map(host).join(', ')}`;
    case 'upgrade':
      return `Upgrade ${goal.hostIds.map(host).join(', ')}`;
    case 'offload':
      return `Bring ${host(goal.hostId)} below ${Math.round(goal.below * 100)} %`;
    case 'balance':
      return `Balance ${goal.groups.length > 0 ? goal.groups.join(', ') : 'all hosts'}${goal.onContentionOnly ? ', on contention only' : ''}`;
    case 'return':
      return `Bring ${count(goal.guestIds.length, 'guest')} back to ${host(goal.hostId)}`;
    case 'evacuate':
      return `Evacuate ${host(goal.hostId)}`;
  }
}

function describeAction(
  action: PlanAction,
  host: (id: string) => string,
  guest: (id: string) => string,
): string {
  switch (action.kind) {
    case 'move': {
      const way = { live: 'move', cold: 'stop, move and start', evacuate: 'start anew' }[action.how];
      const pause = action.downtimeMs === null ? '' : `, about ${action.downtimeMs} ms of pause`;
      const there = `${host(action.fromHostId)} → ${host(action.toHostId)}`;
      return `${way} ${guest(action.guestId)} ${there} (${showBytes(action.bytes)}${pause}${action.isPivot ? ', not to stay' : ''})`;
    }
    case 'shut-down':
      return `shut down ${guest(action.guestId)} on ${host(action.hostId)}`;
    case 'start':
      return `start ${guest(action.guestId)} on ${host(action.hostId)}`;
    case 'enter-maintenance':
      return `${host(action.hostId)} enters maintenance`;
    case 'upgrade-host':
      return `upgrade ${host(action.hostId)}`;
    case 'leave-maintenance':
      return `${host(action.hostId)} leaves maintenance`;
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Milliseconds as people read them: `1 h 02 min`, `3 min 20 s`, `4.2 s`. */
export function showTime(ms: number): string {
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} min`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
