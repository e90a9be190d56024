import type { Host } from '../host/host.ts';
import { forbidsMoves, busyWithMove, busyWith, type Instance } from '../instance/instance.ts';
import { type PowerAction, powerActions } from '../instance/power-action.ts';
import { type ActionVerdict, verdictOf } from './action-verdict.ts';

/** What may be asked for of an instance. */
export type InstanceAction = 'live-migrate' | 'migrate' | 'evacuate' | PowerAction;

/** What the records know of an instance. */
export interface InstanceRecord {
  readonly instance: Instance;
  /** Null: the host of its record is looked after no more. */
  readonly host: Host | null;
  /** Whether its definition was read while its host lived. */
  readonly definitionKept: boolean;
}

/**
 * What may be done to an instance now, and why not. It is what the checks and refusals of each action say by the records
 * alone; what only hosts know (a job of libvirt, room on a target) is found out when it is asked for.
 */
export function instanceActions(record: InstanceRecord): Readonly<Record<InstanceAction, ActionVerdict>> {
  const power = (action: PowerAction): ActionVerdict => verdictOf(powerObstacle(record, action));
  return {
    'live-migrate': verdictOf(moveObstacle(record) ?? liveObstacle(record.instance)),
    migrate: verdictOf(moveObstacle(record) ?? coldObstacle(record.instance)),
    evacuate: verdictOf(evacuationObstacle(record)),
    start: power('start'),
    stop: power('stop'),
    'reboot-soft': power('reboot-soft'),
    'reboot-hard': power('reboot-hard'),
    pause: power('pause'),
    unpause: power('unpause'),
    suspend: power('suspend'),
    resume: power('resume'),
  };
}

function moveObstacle({ instance, host }: InstanceRecord): string | null {
  const { fault } = instance;
  const held = heldObstacle(instance);
  if (held !== null) return held;
  // In the other kinds the record is right, and what else is there is in nobody's way.
  const inQuestion = forbidsMoves(fault) || fault?.kind === 'vanished' || fault?.kind === 'unreachable';
  if (fault !== null && inQuestion) return `${fault.message} ${fault.remedy}`;
  return silentObstacle(host);
}

function heldObstacle(instance: Instance): string | null {
  const { operationId, taskState } = instance;
  if (operationId === null && taskState === null) return null;
  if (!busyWithMove(instance))
    return taskState === null
      ? `it is busy with ${busyWith(instance)}`
      : `it is ${taskState}: wait for its end`;
  if (taskState === null)
    return `it has moved by migration ${operationId}, which is to be confirmed or reverted first: \`ferry migration confirm ${operationId}\` or \`ferry migration revert ${operationId}\``;
  return `it is busy with migration ${operationId}: wait for its end, or \`ferry migration abort ${operationId}\``;
}

function silentObstacle(host: Host | null): string | null {
  if (host === null) return 'the host of its record is looked after no more: add it again';
  if (host.service.state === 'up') return null;
  return `its host ${host.name} does not answer: ${host.service.reason}`;
}

function liveObstacle({ powerState }: Instance): string | null {
  if (powerState === 'running' || powerState === 'paused') return null;
  const remedy = powerState === 'suspended' ? 'wake it up first' : 'start it first, or migrate it cold';
  return `it is ${powerState}, and only a running or paused one moves live: ${remedy}`;
}

function coldObstacle({ powerState }: Instance): string | null {
  if (powerState === 'suspended')
    return 'it is suspended, and what it holds in memory would be lost: wake it up first';
  if (powerState === 'unknown') return 'its power state is not known: look at the domain (virsh domstate)';
  return null;
}

function evacuationObstacle({ instance, host, definitionKept }: InstanceRecord): string | null {
  const held = heldObstacle(instance);
  if (held !== null) return held;
  const { fault } = instance;
  if (fault !== null && forbidsMoves(fault)) return `${fault.message} ${fault.remedy}`;
  if (host === null) return silentObstacle(host);
  if (host.service.state === 'up')
    return `its host ${host.name} answers: migrate it, live or cold, and nothing is lost`;
  if (host.fence === null)
    return `its host ${host.name} does not answer, which does not prove that it is off: \`ferry host fence ${host.name}\``;
  if (definitionKept) return null;
  return `its definition was never read while ${host.name} lived: bring ${host.name} back, or define it elsewhere from a copy of your own and adopt it there`;
}

function powerObstacle({ instance, host }: InstanceRecord, action: PowerAction): string | null {
  const { fault, taskState, vmState } = instance;
  const { from } = powerActions[action];
  if (!from.includes(vmState)) return `it is ${vmState}, and not ${from.join(', ')}`;
  if (taskState !== null || instance.operationId !== null) return heldObstacle(instance);
  if (fault !== null && forbidsMoves(fault)) return `${fault.message} ${fault.remedy}`;
  return silentObstacle(host);
}
