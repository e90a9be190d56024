import { type Caller, isSamePlace } from '@ferry/model';
import type { Failure } from '@ferry/workflow';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import { refusalOf } from '../engine/host-error.ts';
import { quotasOf, requireQuota } from '../engine/quotas.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { stepErrors } from '../engine/step-error.ts';
import { volumeOfCaller } from './find-volume.ts';
import { hostsOfVolume } from './hosts-of-volume.ts';

/** Why something did not happen to a volume, as its owner and operators read it, with what can be done. */
export function volumeFault(volumeName: string, what: string, { code, message }: Failure): string {
  const known = Object.entries(stepErrors).find(([name]) => name === code);
  const remedy =
    known?.[1] ?? "See the message and libvirtd's log on that host, then ask for the same again.";
  const which = volumeName === '' ? 'The volume' : volumeName;
  return `${which} was not ${what}: ${message.replace(/\.?$/, '.')} ${remedy}`;
}

/** What its owner may say anew of a volume; `metadata` is all of it. */
interface OwnedChange {
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

/** What an operator may say anew of a volume. */
interface VolumeSetting {
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
