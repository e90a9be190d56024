import { HypervisorError } from '@ferry/hypervisor';
import { NothingMoved, type StepContext } from '@ferry/workflow';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { StepError } from '../engine/step-error.ts';
import { requireVolumeUnused } from '../volumes/remove-content.ts';
import { lookForVolume } from '../volumes/volume-pool.ts';
import type { ExtendVolumeInput } from './extend-volume-input.ts';

type Context = StepContext<ExtendVolumeInput, Services, object>;

/** It is a file of its pool, and no domain has it: what QEMU has open must not be changed beside it. */
export async function lookAtVolume(context: Context): Promise<void> {
  const { services, input, signal } = context;
  const { volumeId: id, volumeName: name, place, hosts } = input;
  const path = await pathOf(context);
  if (path === null)
    throw new StepError(
      'volume-there',
      `${hosts[0]?.name ?? ''} has no volume ${place.name} in ${place.pool}.`,
    );
  if (!path.startsWith('/') || path.startsWith('/dev/'))
    throw new StepError(
      'volume-there',
      `${path} is no file, and Ferry extends volumes in pools of files alone.`,
    );
  try {
    await requireVolumeUnused(services, { id, name, hostIds: hosts.map((host) => host.id) }, place, {
      signal,
    });
  } catch (error) {
    if (error instanceof Refusal) throw new StepError('volume-named', error.message, error);
    throw error;
  }
}

/**
 * The file is as large as it is to be, by what its definition says it is: what stands in it is not believed. After a refusal
 * it is looked at, and only one that is smaller was not extended.
 */
export async function growVolume(context: Context): Promise<void> {
  const { services, input, signal } = context;
  const { place, format, toBytes, hosts } = input;
  const call = { signal };
  const [first] = hosts;
  if (first === undefined) throw new Error('a volume of a pool is on a host');
  const host = services.hypervisor.host(first.uri);
  const path = await pathOf(context);
  if (path === null)
    throw new NothingMoved('no-image', `${first.name} has no volume ${place.name} any more.`);
  try {
    await host.storage.ensureCapacity({ path, format }, toBytes, call);
  } catch (error) {
    if (!(error instanceof HypervisorError) || error.mayHaveRun || isSilence(error)) throw error;
    const found = await lookForVolume(host, place, call);
    if ((found?.capacityBytes ?? 0) < toBytes)
      throw new NothingMoved('volume-refused-by-host', error.message, { cause: error });
  }
  // Pools keep what they saw last.
  await host.pools.ensureActive(place.pool, call);
}

async function pathOf({ services, input, signal }: Context): Promise<string | null> {
  const [first] = input.hosts;
  if (first === undefined) throw new Error('a volume of a pool is on a host');
  const { pools } = services.hypervisor.host(first.uri);
  await pools.ensureActive(input.place.pool, { signal });
  return pools.volumePath(input.place.pool, input.place.name, { signal });
}

function isSilence({ code }: HypervisorError): boolean {
  return code === 'unreachable' || code === 'deadline' || code === 'aborted';
}
