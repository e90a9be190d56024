import type { HypervisorHost } from '@ferry/hypervisor';
import type { Services } from '../engine/services.ts';
import { StepError } from '../engine/step-error.ts';
import type { CreateInput } from './create-input.ts';

/** What of a step's context the steps of a creation use. */
export interface CreateContext {
  readonly operationId: string;
  readonly input: CreateInput;
  readonly services: Services;
  readonly signal: AbortSignal;
}

/** The host that the instance is created on. */
export function hostOf({ services, input }: CreateContext): HypervisorHost {
  return services.hypervisor.host(input.host.uri);
}

/** Ends a step that can still be taken back, when somebody wants the instance gone already. */
export async function throwIfUnwanted({ services, input }: CreateContext): Promise<void> {
  if (await services.store.creations.isUnwanted(input.instanceId))
    throw new StepError('not-wanted', `${input.instanceName} was deleted while it was created.`);
}
