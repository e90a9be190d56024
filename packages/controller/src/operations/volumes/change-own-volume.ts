import type { Caller } from '@ferry/model';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import { quotasOf, requireQuota } from '../engine/quotas.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { volumeOfCaller } from './find-volume.ts';

/** What its owner may say anew of a volume; `metadata` is all of it. */
export interface OwnedChange {
  readonly name?: string;
  readonly description?: string | null;
  readonly metadata?: (before: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
}

/** Changes what its owner says of a volume, whatever is done to it. */
export async function changeOwnVolume(
  services: Services,
  caller: Caller,
  id: string,
  { metadata: change, ...plain }: OwnedChange,
): Promise<VolumeRecord> {
  const { volume } = await volumeOfCaller(services, caller, id);
  const metadata = change?.(volume.metadata);
  const quotas = await quotasOf(services, volume.projectId);
  if (metadata !== undefined)
    requireQuota(quotas.metadataItems, Object.keys(metadata).length, 'metadata items');
  const { catalogue } = services.store;
  await catalogue.change(id, { ...plain, ...(metadata === undefined ? {} : { metadata }) });
  return volumeOfCaller(services, caller, id);
}

/** An admin's word that a volume which came to an error is as it was, or is not to be used. */
export async function resetVolumeState(
  { store }: Services,
  id: string,
  state: 'available' | 'error',
): Promise<void> {
  const record = await store.catalogue.byId(id);
  if (record === null) throw new Refusal('volume-not-found', `Volume ${id} could not be found.`);
  const { operationId } = record.volume;
  if (operationId !== null)
    throw new Refusal(
      'volume-state',
      `Invalid volume: volume ${id} is ${record.volume.state}, and operation ${operationId} has it.`,
    );
  await store.catalogue.change(id, { state: state === 'available' ? 'ready' : state, fault: null });
}
