import { showBytes } from '../check/show-values.ts';
import { type FleetIndex, indexFleet } from './fleet-index.ts';
import type {
  FleetPlan,
  PlanAction,
  PlanOptions,
  PlanStep,
  RunningMove,
  StepReadiness,
} from './fleet-plan.ts';
import { changeRoom, type FleetRoom, memoryLimit, roomOf, sharedRoom } from './fleet-room.ts';
import type { FleetGuest, FleetState } from './fleet-state.ts';
import { explainHost } from './explain-no-place.ts';
import { linksOf } from './move-time.ts';
import { groupsAllow, hasRoom, placementItem } from './placement-item.ts';

type MoveAction = PlanAction & { kind: 'move' };

/**
 * Whether a step may begin by the state of this moment; a plan is no promise of the fleet. `running` are all moves that go
 * on, of this plan and of others. Of `step.after` it asks only what shows in the state; that those steps have ended is the
 * caller's to know. That a link is used keeps no move from being prepared: whose turn it is to send on it is `linkTurn`'s.
 */
export function stepReadiness(
  step: PlanStep,
  plan: FleetPlan,
  state: FleetState,
  running: readonly RunningMove[],
  options: PlanOptions,
): StepReadiness {
  const index = indexFleet(state);
  const { action } = step;
  switch (action.kind) {
    case 'move':
      return moveReadiness(action, step, plan, index, running, options);
    case 'shut-down':
    case 'start':
      return powerReadiness(action, index);
    case 'enter-maintenance':
    case 'leave-maintenance':
      return admissionReadiness(action, index);
    case 'upgrade-host':
      return upgradeReadiness(action.hostId, index, running);
  }
}

const stale = (because: string): StepReadiness => ({ kind: 'stale', because });
const waits = (because: string): StepReadiness => ({ kind: 'waits', because });
const done = (because: string): StepReadiness => ({ kind: 'done', because });

function hostName(index: FleetIndex, id: string): string {
  return index.hosts[index.hostOf.get(id) ?? -1]?.name ?? `host ${id}`;
}

function moveReadiness(
  action: MoveAction,
  step: PlanStep,
  plan: FleetPlan,
  index: FleetIndex,
  running: readonly RunningMove[],
  options: PlanOptions,
): StepReadiness {
  const guest = index.guestOf.get(action.guestId);
  const found = guest === undefined ? undefined : index.guests[guest];
  if (guest === undefined || found === undefined) return stale(`guest ${action.guestId} is gone`);
  const own = running.find(({ guestId }) => guestId === action.guestId);
  if (own !== undefined) return waits(`${found.name} is on its way to ${hostName(index, own.toHostId)}`);
  if (found.hostId === action.toHostId)
    return done(`${found.name} is on ${hostName(index, action.toHostId)}`);
  if (found.hostId !== action.fromHostId)
    return stale(
      `${found.name} is on ${hostName(index, found.hostId)} and not on ${hostName(index, action.fromHostId)}`,
    );
  if (found.busyWith !== null) return waits(`${found.name} is busy with ${found.busyWith}`);
  const way = wayIsOpen(action, index, guest, options);
  if (way !== null) return way;
  const room = sharedRoom(index);
  addRunning(room, running, 1);
  const full = roomReadiness(action, step, plan, room, guest, running);
  addRunning(room, running, -1);
  return full ?? slotReadiness(action, index, running, options);
}

/** Whether the way that the plan chose is still one: how the guest moves, and what its target is. */
function wayIsOpen(
  action: MoveAction,
  index: FleetIndex,
  guest: number,
  options: PlanOptions,
): StepReadiness | null {
  const found = index.guests[guest];
  const to = index.hostOf.get(action.toHostId);
  const target = index.hosts[to ?? -1];
  const source = index.hosts[index.at[guest] ?? -1];
  if (found === undefined) return null;
  if (target === undefined || to === undefined) return stale(`host ${action.toHostId} is gone`);
  if (target.service === 'down') return stale(`${target.name} does not answer`);
  if (target.admission !== 'open') return stale(`${target.name} takes no guests (${target.admission})`);
  if (action.how === 'evacuate') {
    if (source?.service === 'up') return stale(`${source.name} answers again`);
  } else {
    if (source?.service === 'down') return stale(`${source.name} does not answer`);
    const { move } = found;
    const runs = move.kind !== 'off';
    const stuck = move.kind === 'stays' ? move : move.kind === 'off' ? move.stuck : undefined;
    if (stuck !== undefined) return stale(`${found.name} cannot move: ${stuck.because}`);
    if (action.how === 'live' && move.kind !== 'live')
      return stale(`${found.name} was to move live and ${runs ? 'cannot' : 'is off'}`);
    if (action.how === 'cold' && runs && !options.mayStop.includes(found.id))
      return stale(`${found.name} runs, and the plan does not name it as one to be stopped`);
  }
  if (index.mayHold(guest, index.at[guest] ?? -1)[to] !== 1) {
    const item = placementItem(index, [guest], index.at[guest] ?? -1);
    return stale(`${target.name}: ${explainHost(sharedRoom(index), item, to)}`);
  }
  return null;
}

/** Guests that are on their way count on both hosts. */
function addRunning(room: FleetRoom, running: readonly RunningMove[], by: 1 | -1): void {
  const { index } = room;
  for (const { guestId, toHostId } of running) {
    const guest = index.guestOf.get(guestId);
    const to = index.hostOf.get(toHostId);
    if (guest !== undefined && to !== undefined && index.at[guest] !== to) changeRoom(room, guest, to, by);
  }
}

/** It waits where the plan has somebody leave the target first, or somebody is leaving it; else the plan is out of date. */
function roomReadiness(
  { guestId, toHostId }: MoveAction,
  { after }: PlanStep,
  { steps }: FleetPlan,
  room: FleetRoom,
  guest: number,
  running: readonly RunningMove[],
): StepReadiness | null {
  const { index } = room;
  const to = index.hostOf.get(toHostId) ?? -1;
  const item = { ...placementItem(index, [guest], index.at[guest] ?? -1), affine: [] };
  if (hasRoom(room, item, to) && groupsAllow(room, item, to)) return null;
  const obstacle = explainHost(room, item, to);
  const found = (id: string): FleetGuest | undefined => index.guests[index.guestOf.get(id) ?? -1];
  const nameOf = (id: string): string => found(id)?.name ?? id;
  const target = hostName(index, toHostId);
  const leaving = steps.flatMap(({ number, action }) =>
    action.kind === 'move' &&
    action.fromHostId === toHostId &&
    after.includes(number) &&
    found(action.guestId)?.hostId === toHostId
      ? [action.guestId]
      : [],
  );
  for (const { fromHostId, guestId: other } of running) if (fromHostId === toHostId) leaving.push(other);
  const names = [...new Set(leaving)].map(nameOf);
  if (names.length > 0)
    return waits(`${target}: ${obstacle}; ${nameOf(guestId)} waits for ${names.join(', ')} to leave`);
  const taken = `${showBytes(room.memory[to] ?? 0)} of ${showBytes(memoryLimit(room, to))} of its memory are taken`;
  return stale(`${target} has no room for ${nameOf(guestId)} any more: ${obstacle} (${taken})`);
}

function slotReadiness(
  action: MoveAction,
  index: FleetIndex,
  running: readonly RunningMove[],
  { limits }: PlanOptions,
): StepReadiness {
  const { fromHostId, toHostId, how } = action;
  if (running.length >= limits.fleet)
    return waits(`${running.length} moves run in the fleet and ${limits.fleet} may`);
  // One whose memory is over is with its target, and cleans up behind it: that is in nobody's way.
  const before = running.filter(({ phase }) => phase !== 'ends');
  const out = before.filter((move) => move.fromHostId === fromHostId).length;
  if (how !== 'evacuate' && out >= limits.perSource)
    return waits(
      `waits for an outbound slot of ${hostName(index, fromHostId)}: ${out} moves leave it and ${limits.perSource} may`,
    );
  const into = before.filter((move) => move.toHostId === toHostId).length;
  if (into >= limits.perTarget)
    return waits(
      `waits for an inbound slot of ${hostName(index, toHostId)}: ${into} moves come to it and ${limits.perTarget} may`,
    );
  return how === 'evacuate' ? { kind: 'ready' } : linkReadiness(action, index, before, limits.perLink);
}

/**
 * Two more than may send on a link are made ready before their turn comes: further ones would hold their targets' room for long.
 * A cold move sends as soon as it is ready, and counts those that send.
 */
function linkReadiness(
  { fromHostId, toHostId, how }: MoveAction,
  index: FleetIndex,
  before: readonly RunningMove[],
  perLink: number,
): StepReadiness {
  const map = index.links;
  const numberOf = (id: string): number => index.hostOf.get(id) ?? -1;
  const inTheWay = before
    .filter(({ phase }) => phase === 'prepares' || how === 'cold')
    .map((move) => linksOf(map, numberOf(move.fromHostId), numberOf(move.toHostId)));
  for (const link of linksOf(map, numberOf(fromHostId), numberOf(toHostId))) {
    const on = inTheWay.filter((links) => links.includes(link)).length;
    const most = how === 'cold' ? perLink : perLink + 1;
    if (on <= most) continue;
    return waits(
      how === 'cold'
        ? `waits for ${map.names[link]}: ${on} moves go through it, and ${perLink} may send while one more prepares`
        : `waits for ${map.names[link]}: ${on} moves are being made ready for it, and ${perLink + 2} may`,
    );
  }
  return { kind: 'ready' };
}

function powerReadiness(
  action: PlanAction & { kind: 'shut-down' | 'start' },
  index: FleetIndex,
): StepReadiness {
  const found = index.guests[index.guestOf.get(action.guestId) ?? -1];
  if (found === undefined) return stale(`guest ${action.guestId} is gone`);
  if (found.hostId !== action.hostId)
    return stale(
      `${found.name} is on ${hostName(index, found.hostId)} and not on ${hostName(index, action.hostId)}`,
    );
  const off = found.move.kind === 'off';
  if (off === (action.kind === 'shut-down')) return done(`${found.name} is ${off ? 'off' : 'on'}`);
  if (found.busyWith !== null) return waits(`${found.name} is busy with ${found.busyWith}`);
  if (index.hosts[index.hostOf.get(action.hostId) ?? -1]?.service !== 'up')
    return waits(`${hostName(index, action.hostId)} does not answer`);
  return { kind: 'ready' };
}

function admissionReadiness(
  action: PlanAction & { kind: 'enter-maintenance' | 'leave-maintenance' },
  index: FleetIndex,
): StepReadiness {
  const host = index.hosts[index.hostOf.get(action.hostId) ?? -1];
  if (host === undefined) return stale(`host ${action.hostId} is gone`);
  const inMaintenance = host.admission === 'maintenance';
  if (inMaintenance === (action.kind === 'enter-maintenance'))
    return done(
      `${host.name} is ${inMaintenance ? 'in maintenance' : `not in maintenance (${host.admission})`}`,
    );
  if (action.kind === 'leave-maintenance' && host.service === 'down')
    return waits(`${host.name} does not answer yet`);
  return { kind: 'ready' };
}

/** A host is upgraded only while nothing runs on it and nothing comes to it. */
function upgradeReadiness(hostId: string, index: FleetIndex, running: readonly RunningMove[]): StepReadiness {
  const number = index.hostOf.get(hostId);
  const host = index.hosts[number ?? -1];
  if (number === undefined || host === undefined) return stale(`host ${hostId} is gone`);
  const coming = running.find(({ toHostId }) => toHostId === hostId);
  if (coming !== undefined) return stale(`guest ${coming.guestId} is on its way to ${host.name}`);
  const there = index.guestsAt(number).filter((guest) => roomOf(index, guest).memoryBytes > 0);
  if (there.length === 0) return { kind: 'ready' };
  const names = there.map((guest) => index.guests[guest]?.name);
  const leaving = running.some(({ fromHostId }) => fromHostId === hostId);
  return (leaving ? waits : stale)(
    `${names.join(', ')} ${names.length === 1 ? 'runs' : 'run'} on ${host.name}`,
  );
}
