import { randomUUID } from 'node:crypto';
import {
  forbidsMoves,
  type Host,
  type Instance,
  type PowerAction,
  powerActions,
  stateMismatch,
} from '@ferry/model';
import type { RequestContext } from '../../store/operations/action-store.ts';
import { lookEverywhere } from '../facts/look-everywhere.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import type { PowerInput } from './power.ts';

/** How long a guest may take to power off by itself, as Nova's `shutdown_timeout`. */
const graceMs = 60_000;

/**
 * Accepts a power action, or refuses it: when the instance is in no state for it, when its host does not answer or would lose
 * it, or when another host has it too. Accepting is one transaction. Gives the operation's id.
 */
export async function submitPower(
  services: Services,
  asked: RequestContext,
  instanceId: string,
  action: PowerAction,
): Promise<string> {
  const { store } = services;
  const instance = await store.instances.byId(instanceId);
  if (instance === null) throw new Refusal('instance-not-found', `There is no instance "${instanceId}".`);
  const rule = powerActions[action];
  requireState(instance, action);
  const host = await store.hosts.byId(instance.hostId);
  if (host === null)
    throw new Error(`host ${instance.hostId} of instance ${instance.id} is not in the store`);
  await requireHostFit(services, instance, host, action);
  const operationId = randomUUID();
  const input: PowerInput = {
    instanceId: instance.id,
    instanceName: instance.name,
    host: { id: host.id, name: host.name, uri: host.uri },
    action,
    graceMs: action === 'reboot-hard' ? 0 : graceMs,
  };
  const held = await store.holds.begin(instance, {
    operationId,
    workflow: 'power',
    input,
    taskState: rule.taskState,
    action: {
      asked,
      instanceId: instance.id,
      operationId,
      action: rule.action,
      event: rule.event,
      host: host.name,
    },
  });
  if (held) return operationId;
  const now = await store.instances.byId(instanceId);
  if (now !== null) requireState(now, action);
  throw new Refusal('instance-state', `${instance.name} changed while it was looked at; ask again.`);
}

/** In Nova's words. */
function requireState(instance: Instance, action: PowerAction): void {
  const { from, action: name } = powerActions[action];
  const mismatch = stateMismatch(instance, from);
  if (mismatch === null) return;
  throw new Refusal(
    'instance-state',
    `Cannot '${name}' instance ${instance.id} while it is in ${mismatch.attribute} ${mismatch.value}`,
  );
}

/** What the hosts show must allow it: each is asked, as a guest that another host has must not be started here. */
async function requireHostFit(
  services: Services,
  instance: Instance,
  host: Host,
  action: PowerAction,
): Promise<void> {
  const { action: name, endsDomain } = powerActions[action];
  const refused = (why: string): Refusal =>
    new Refusal('instance-state', `Cannot '${name}' instance ${instance.id}: ${why}`);
  if (forbidsMoves(instance.fault)) throw refused(instance.fault?.message ?? '');
  const shown = await lookEverywhere(services, instance.id);
  const here = shown.get(host.id);
  if (here?.kind === 'unreachable') throw refused(`its host ${host.name} does not answer: ${here.reason}`);
  if (here?.kind !== 'present') throw refused(`its host ${host.name} knows no such domain any more.`);
  if (here.job === 'active') throw refused(`libvirt runs a job on it on ${host.name}.`);
  if (endsDomain && !here.persistent)
    throw refused(
      `it is transient on ${host.name}: libvirt would forget it when it ends. Define it there first (virsh define).`,
    );
  for (const other of await services.store.hosts.list()) {
    const there = shown.get(other.id);
    if (other.id === host.id || there?.kind !== 'present' || there.state === 'shutoff') continue;
    throw refused(`${other.name} has it too, and shows it ${there.state} (${there.reason}).`);
  }
}
