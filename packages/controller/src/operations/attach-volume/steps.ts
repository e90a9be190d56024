import { HypervisorError, type HypervisorHost } from '@ferry/hypervisor';
import { NothingMoved, type StepContext } from '@ferry/workflow';
import type { Services } from '../engine/services.ts';
import type { AttachInput } from './attach-input.ts';

type Context<Output extends object = object> = StepContext<AttachInput, Services, Output>;

function hostOf({ services, input }: Context): HypervisorHost {
  return services.hypervisor.host(input.host.uri);
}

/** Whether its pool runs before anything is done; null: a disk on the network needs none. */
export async function seePool(context: Context): Promise<{ readonly active: boolean } | null> {
  const { disk, host } = context.input;
  if (disk.place.kind !== 'pool') return null;
  const pool = await hostOf(context).pools.pool(disk.place.pool, { signal: context.signal });
  if (pool !== null) return { active: pool.active };
  throw new HypervisorError('no-image', host.uri, `${host.name} has no pool ${disk.place.pool} any more`);
}

/** The pool runs, and has been looked at anew. */
export async function startPool(context: Context): Promise<void> {
  const { place } = context.input.disk;
  if (place.kind === 'pool') await hostOf(context).pools.ensureActive(place.pool, { signal: context.signal });
}

/** A pool that was started for this alone stops again. */
export async function stopPool(
  context: Context<{ readonly 'see-pool': { readonly active: boolean } | null }>,
): Promise<void> {
  const { place } = context.input.disk;
  if (place.kind !== 'pool' || context.output['see-pool']?.active !== false) return;
  const { pools, domains } = hostOf(context);
  const call = { signal: context.signal };
  if ((await domains.unread(call)).length > 0) return;
  const isUsed = (await domains.list(call)).some(({ disks }) =>
    disks.some(({ volume }) => volume?.pool === place.pool),
  );
  if (!isUsed) await pools.ensureInactive(place.pool, call);
}

/**
 * The guest gets the disk. What the host says is no proof: after a refusal it is looked at, and only a domain that has not got
 * the disk was given nothing. A host that does not answer is asked again until it does.
 */
export async function giveDisk(context: Context): Promise<void> {
  const { disks } = hostOf(context);
  const { instanceId, disk } = context.input;
  const call = { signal: context.signal };
  try {
    await disks.ensureAttached(instanceId, disk, call);
  } catch (error) {
    if (!(error instanceof HypervisorError) || error.mayHaveRun || isSilence(error)) throw error;
    const there = (await disks.of(instanceId, call)).some(({ serial }) => serial === disk.serial);
    if (there) throw error;
    throw new NothingMoved('volume-refused-by-host', error.message, { cause: error });
  }
}

function isSilence({ code }: HypervisorError): boolean {
  return code === 'unreachable' || code === 'deadline' || code === 'aborted';
}
