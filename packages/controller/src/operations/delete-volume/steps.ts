import { NothingMoved, type StepContext } from '@ferry/workflow';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { StepError } from '../engine/step-error.ts';
import { removeContent, requireVolumeUnused } from '../volumes/remove-content.ts';
import type { DeleteVolumeInput } from './delete-volume-input.ts';

type Context = StepContext<DeleteVolumeInput, Services, object>;

/** Nobody has it or names it, on any of its hosts. */
export async function lookForOthers({ services, input, signal }: Context): Promise<void> {
  const { volumeId: id, volumeName: name, content } = input;
  if (content === null) return;
  try {
    await requireVolumeUnused(services, { id, name, hostIds: content.hostIds }, content.place, { signal });
  } catch (error) {
    if (error instanceof Refusal) throw new StepError('volume-named', error.message, error);
    throw error;
  }
}

/** It is asked once more, right before it goes. Of what is gone already nobody is a user. */
export async function removeVolume({ services, input, signal }: Context): Promise<void> {
  const { volumeId: id, volumeName: name, content } = input;
  if (content === null) return;
  const { place, hostIds } = content;
  try {
    await removeContent(services, { id, name, hostIds }, place, { signal });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (await isAnywhere({ services, signal }, content))
      throw new NothingMoved('volume-named', error.message, { cause: error });
  }
}

async function isAnywhere(
  { services, signal }: Pick<Context, 'services' | 'signal'>,
  { place, hostIds }: NonNullable<DeleteVolumeInput['content']>,
): Promise<boolean> {
  for (const host of await services.store.hosts.list()) {
    if (!hostIds.includes(host.id)) continue;
    const { pools } = services.hypervisor.host(host.uri);
    if ((await pools.volumePath(place.pool, place.name, { signal })) !== null) return true;
  }
  return false;
}
