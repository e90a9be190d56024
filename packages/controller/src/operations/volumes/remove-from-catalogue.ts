import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import { refusalOf } from '../engine/host-error.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { removeContent } from './remove-content.ts';
import { whyNotDeleted } from './why-not-deleted.ts';

/**
 * Takes a volume out of the catalogue, unless an instance or an operation has it. What Ferry made goes with it; what was
 * there before, or is on the network, is only forgotten. `content`: a pool's volume goes whoever made it.
 */
export async function deleteVolume(
  services: Services,
  { volume, attachments }: VolumeRecord,
  content: boolean,
): Promise<void> {
  const { store, limits } = services;
  await requireDeletable(services, { volume, attachments });
  const begun = await store.catalogue.beginDeletion(volume.id);
  if (begun === null) return;
  await requireDeletable(services, begun);
  const { place } = volume;
  try {
    if (place.kind === 'pool' && (volume.made || content))
      await removeContent(services, volume, place, { deadlineMs: limits.prepareMs });
  } catch (error) {
    await store.catalogue.change(volume.id, { state: volume.state });
    throw refusalOf(error);
  }
  await store.catalogue.remove(volume.id);
}

async function requireDeletable(services: Services, record: VolumeRecord): Promise<void> {
  const why = await whyNotDeleted(services, record);
  if (why !== null) throw new Refusal(why.code, why.message);
}
