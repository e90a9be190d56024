import { HypervisorError, type HypervisorHost } from '@ferry/hypervisor';
import { NeedsPerson, NothingMoved, type StepContext } from '@ferry/workflow';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { StepError } from '../engine/step-error.ts';
import { removeContent } from '../volumes/remove-content.ts';
import { lookForVolume } from '../volumes/volume-pool.ts';
import type { CreateVolumeInput } from './create-volume-input.ts';

type Context = StepContext<CreateVolumeInput, Services, object>;

function hostOf({ services, input }: Context): HypervisorHost {
  return services.hypervisor.host(input.host.uri);
}

/** The pool runs and has nothing of that name: what is found there later came with this operation. */
export async function lookAtPool(context: Context): Promise<void> {
  const { place, host } = context.input;
  const call = { signal: context.signal };
  const pool = await hostOf(context).pools.pool(place.pool, call);
  if (pool?.active !== true)
    throw new StepError(
      'pool-missing',
      `${host.name} has ${pool === null ? 'no pool' : 'stopped the pool'} ${place.pool}.`,
    );
  if ((await lookForVolume(hostOf(context), place, call)) !== null)
    throw new StepError('volume-there', `${host.name} has a volume ${place.name} in ${place.pool} already.`);
}

/** It is in the pool, sparse and empty. */
export async function makeVolume(context: Context): Promise<void> {
  const { place, format, capacityBytes } = context.input;
  const call = { signal: context.signal };
  if ((await lookForVolume(hostOf(context), place, call)) !== null) return;
  await hostOf(context).pools.ensureVolume(place.pool, { name: place.name, format, capacityBytes }, call);
}

/** What this operation made goes, unless somebody has it by now. */
export async function unmakeVolume({ services, input, signal }: Context): Promise<void> {
  const { volumeId: id, volumeName: name, place, host, others } = input;
  const hostIds = [host, ...others].map((one) => one.id);
  try {
    await removeContent(services, { id, name, hostIds }, place, { signal });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new NeedsPerson(error.message, `Take it from whoever has it, and ${name} is removed.`, {
      cause: error,
    });
  }
}

/** That other hosts see what one made, and saw nothing before, shows that they have the same pool. One that is away is asked when it is to give the volume to somebody. */
export async function seeElsewhere({ services, input, signal }: Context): Promise<void> {
  const { place, host, others } = input;
  for (const other of others) {
    try {
      const found = await lookForVolume(services.hypervisor.host(other.uri), place, {
        signal,
        deadlineMs: services.limits.inspectMs,
      });
      if (found !== null) continue;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof HypervisorError)) throw error;
      services.log.warn({ err: error, host: other.name }, 'it is not known whether a host sees a new volume');
      continue;
    }
    throw new NothingMoved(
      'pool-differs',
      `${other.name} does not see what ${host.name} made in ${place.pool}: they do not have the same pool.`,
    );
  }
}
