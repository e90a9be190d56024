import {
  NeedsPerson,
  NothingMoved,
  type Outputs,
  type RunResult,
  type StepContext,
  workflow,
} from '@ferry/workflow';
import type { Services } from '../engine/services.ts';
import type { PoolPlace } from '@ferry/model';
import { HypervisorError, type HypervisorHost } from '@ferry/hypervisor';
import { Refusal } from '../engine/refusal.ts';
import { StepError } from '../engine/step-error.ts';
import { removeContent } from './remove-content.ts';
import { lookForVolume } from './look-for-pools.ts';
import type { Store } from '../../store/store.ts';
import type { Conclusion } from '../engine/conclude.ts';
import { volumeFault } from './set-volume.ts';

const minute = 60_000;

/** The making of one volume, in the pool of a host that was chosen. */
export const createVolumeWorkflow = workflow<CreateVolumeInput, Services>('create-volume')
  .step({
    name: 'look',
    why: 'what is there before is somebody else’s, and is neither used nor taken back',
    deadlineMs: 2 * minute,
    do: lookAtPool,
  })
  .step({ name: 'make', deadlineMs: 5 * minute, do: makeVolume, undo: unmakeVolume })
  .pivot({
    name: 'see-elsewhere',
    why: 'hosts that are said to share a pool and do not would each have a volume of their own',
    deadlineMs: 5 * minute,
    do: seeElsewhere,
  })
  .build();

/** A host as it is in the log of an operation. */
export interface HostOfVolume {
  readonly id: string;
  readonly name: string;
  readonly uri: string;
}

/** What the making of a volume works from. It stands in the log, so it is plain data. */
export interface CreateVolumeInput {
  readonly volumeId: string;
  readonly volumeName: string;
  readonly place: PoolPlace;
  readonly format: string;
  readonly capacityBytes: number;
  /** Where it is made. */
  readonly host: HostOfVolume;
  /** Others that are said to have the same pool. */
  readonly others: readonly HostOfVolume[];
}

type Context = StepContext<CreateVolumeInput, Services, object>;

function hostOf({ services, input }: Context): HypervisorHost {
  return services.hypervisor.host(input.host.uri);
}

/** The pool runs and has nothing of that name: what is found there later came with this operation. */
async function lookAtPool(context: Context): Promise<void> {
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
async function makeVolume(context: Context): Promise<void> {
  const { place, format, capacityBytes } = context.input;
  const call = { signal: context.signal };
  if ((await lookForVolume(hostOf(context), place, call)) !== null) return;
  await hostOf(context).pools.ensureVolume(place.pool, { name: place.name, format, capacityBytes }, call);
}

/** What this operation made goes, unless somebody has it by now. */
async function unmakeVolume({ services, input, signal }: Context): Promise<void> {
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
async function seeElsewhere({ services, input, signal }: Context): Promise<void> {
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

/** Writes down whether there is a volume now. Doing it twice changes nothing. */
export async function concludeCreateVolume(
  store: Store,
  id: string,
  { volumeName }: CreateVolumeInput,
  result: RunResult<Outputs>,
): Promise<Conclusion> {
  switch (result.kind) {
    case 'stopped':
      return 'stopped';
    case 'blocked':
      return 'waits';
    case 'done':
      await store.volumeWork.end(id, { state: 'ready', fault: null });
      break;
    case 'undone': {
      const fault = volumeFault(volumeName, 'made', result.failure);
      await store.volumeWork.end(id, { state: 'error', fault, nothingMade: true });
      break;
    }
    case 'undo-blocked': {
      // What is left on the host is tried again and again; the volume is told as failed at once.
      const fault = `${volumeFault(volumeName, 'made', result.because)} Clean-up is not done yet: ${result.failure.message}`;
      await store.volumeWork.end(id, { state: 'error', fault, stays: true });
      return 'waits';
    }
  }
  await store.operations.close(id, result.kind === 'done' ? 'done' : 'failed');
  return 'over';
}
