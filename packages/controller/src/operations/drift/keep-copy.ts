import type { KeepInstanceBody } from '@ferry/api';
import { holderOf, type Instance } from '@ferry/model';
import { findInstance } from '../engine/find-instance.ts';
import { refusalOf } from '../engine/host-error.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { carryOutDecision } from './carry-out-decision.ts';
import { type DecisionJudgement, judgeDecision } from './judge-decision.ts';

/**
 * Takes a person's decision which copy of an instance is to go on. It is written down before anything is ended, and
 * carried out by whichever controller is there. Doing it twice changes nothing.
 */
export async function keepCopy(services: Services, name: string, body: KeepInstanceBody): Promise<Instance> {
  const { instances, hosts } = services.store;
  const instance = await findInstance(services.store, name);
  const host = await hosts.byNameOrId(body.host);
  if (host === null) throw new Refusal('host-not-found', `There is no host "${body.host}".`);
  if (instance.operationId !== null)
    throw new Refusal('instance-busy', `${instance.name} is held by ${holderOf(instance)}.`);
  const { fault } = instance;
  if (fault?.kind !== 'two-copies') {
    if (fault === null && instance.hostId === host.id) return instance;
    const at = (await hosts.byId(instance.hostId))?.name ?? instance.hostId;
    const why = fault === null ? 'nothing is wrong with it' : fault.message;
    throw new Refusal(
      'nothing-to-keep',
      `${instance.name} belongs to ${at}, and there are no two copies of it to choose from: ${why}.`,
    );
  }
  try {
    requirePossible(instance, await judgeDecision(services, instance, host.id));
    const decided = { ...fault, keep: host.id };
    const { powerState, vmState } = instance;
    const message = `the copy on ${host.name} is to go on`;
    if (!(await instances.saw(instance, { powerState, vmState, fault: decided }, message)))
      throw new Refusal('instance-busy', `${instance.name} changed meanwhile; look at it and ask again.`);
    requirePossible(instance, await carryOutDecision(services, { ...instance, fault: decided }, host.id));
  } catch (error) {
    throw refusalOf(error);
  }
  return (await instances.byId(instance.id)) ?? instance;
}

function requirePossible(instance: Instance, judgement: DecisionJudgement): void {
  if (judgement.kind === 'can') return;
  throw new Refusal('keep-not-possible', `${instance.name} is left as it is. ${judgement.message}`);
}
