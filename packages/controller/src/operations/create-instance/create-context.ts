import type { HypervisorHost, NewDomain } from '@ferry/hypervisor';
import type { Owner } from '@ferry/model';
import type { Services } from '../engine/services.ts';
import { StepError } from '../engine/step-error.ts';

/** What the creation of one instance works from. It stands in the log, so it is plain data. */
export interface CreateInput {
  readonly instanceId: string;
  readonly instanceName: string;
  readonly host: { readonly id: string; readonly name: string; readonly uri: string };
  /** The image of the library that its disk stands on. */
  readonly base: {
    readonly imageId: string;
    readonly sha256: string;
    readonly format: string;
    readonly lengthBytes: number;
    readonly path: string;
  };
  /** Bytes of the disk that the guest sees. */
  readonly diskBytes: number;
  /** Whom its files must belong to; null leaves them to the hypervisor. */
  readonly owner: Owner | null;
  readonly domain: NewDomain;
  /** The key that its user is let in by, for the config drive; null: none. */
  readonly key: { readonly name: string; readonly type: string; readonly publicKey: string } | null;
  /** For the config drive; null, or absent in what an earlier version accepted: none. */
  readonly adminPassword?: string | null;
  readonly availabilityZone: string;
  readonly launchIndex: number;
}

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
