import type { Instance } from '@ferry/model';
import { carryOutDecision } from '../operations/drift/carry-out-decision.ts';
import type { Services } from '../operations/engine/services.ts';

/**
 * Carries on a person's decision that a crash or a silent host has cut short. One that hosts no longer allow is forgotten
 * and told: the person is asked anew.
 */
export async function carryOn(services: Services, instance: Instance, keepHostId: string): Promise<void> {
  const judgement = await carryOutDecision(services, instance, keepHostId);
  if (judgement.kind === 'can' || judgement.wait || instance.fault === null) return;
  const { powerState, vmState, fault } = instance;
  const message = `the copy cannot be kept as was decided: ${judgement.message}`;
  await services.store.instances.saw(
    instance,
    { powerState, vmState, fault: { ...fault, keep: null } },
    message,
  );
}
