import { isSamePlace } from '@ferry/model';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import { refusalOf } from '../engine/host-error.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { hostsOfVolume } from './hosts-of-volume.ts';

/** What an operator may say anew of a volume. */
export interface VolumeSetting {
  readonly name?: string;
  readonly description?: string | null;
  /** All hosts, by name or id, whose pools have it: each must show it. */
  readonly hosts?: readonly string[];
}

/** Changes what is said of a volume; what it holds stays as it is, and so do those who have it. */
export async function setVolume(
  services: Services,
  { volume }: VolumeRecord,
  { hosts, ...plain }: VolumeSetting,
): Promise<VolumeRecord> {
  const { catalogue } = services.store;
  const change =
    hosts === undefined ? plain : { ...plain, hostIds: await hostIdsOf(services, volume, hosts) };
  await catalogue.change(volume.id, change);
  const record = await catalogue.byId(volume.id);
  if (record === null) throw new Refusal('volume-not-found', `Volume ${volume.id} was deleted meanwhile.`);
  return record;
}

async function hostIdsOf(
  services: Services,
  volume: VolumeRecord['volume'],
  hosts: readonly string[],
): Promise<string[]> {
  const places = await hostsOfVolume(services, { ...volume, hosts, sizeBytes: null }).catch(
    (error: unknown) => {
      throw refusalOf(error);
    },
  );
  const ids = places.found.map(({ id }) => id);
  for (const { volume: other } of await services.store.catalogue.list())
    if (
      other.id !== volume.id &&
      isSamePlace(other.place, volume.place) &&
      other.hostIds.some((id) => ids.includes(id))
    )
      throw new Refusal(
        'volume-exists',
        `On one of these hosts that is the volume ${other.name} (${other.id}).`,
      );
  return ids;
}
