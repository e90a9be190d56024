import type { VolumeBody, VolumeTypeBody } from '@ferry/api';
import { type VolumePlace, volumeStatus, type VolumeType } from '@ferry/model';
import type { VolumeRecord } from '../../../store/storage/catalogue-store.ts';
import type { Store } from '../../../store/store.ts';

/** Volumes as Ferry's API shows them; hosts and instances by name. */
export async function volumeBodies(
  { hosts, instances }: Pick<Store, 'hosts' | 'instances'>,
  records: readonly VolumeRecord[],
): Promise<VolumeBody[]> {
  const hostNames = new Map((await hosts.list()).map(({ id, name }) => [id, name]));
  const instanceNames = new Map((await instances.list()).map(({ id, name }) => [id, name]));
  return records.map((record) => volumeBody(record, hostNames, instanceNames));
}

/** Types of volumes as Ferry's API shows them. */
export async function volumeTypeBodies(
  { hosts }: Pick<Store, 'hosts'>,
  types: readonly VolumeType[],
): Promise<VolumeTypeBody[]> {
  const names = new Map((await hosts.list()).map(({ id, name }) => [id, name]));
  return types.map(({ createdAt: _createdAt, hostIds, ...type }) => ({
    ...type,
    hosts: hostIds.map((id) => names.get(id) ?? id),
  }));
}

function volumeBody(
  { volume, attachments }: VolumeRecord,
  hosts: ReadonlyMap<string, string>,
  instances: ReadonlyMap<string, string>,
): VolumeBody {
  const { id, name, description, projectId, place, hostIds, format, sizeBytes, made, shareable, fault } =
    volume;
  return {
    id,
    name,
    description,
    projectId,
    status: volumeStatus(volume, attachments),
    fault,
    source: sourceOf(place),
    hosts: hostIds.map((hostId) => hosts.get(hostId) ?? hostId),
    format,
    sizeBytes,
    made,
    shareable,
    attachments: attachments.map(({ id: attachmentId, instanceId, target, state, deleteOnTermination }) => ({
      id: attachmentId,
      instanceId,
      instance: instances.get(instanceId) ?? instanceId,
      device: `/dev/${target}`,
      state,
      deleteOnTermination,
    })),
    createdAt: volume.createdAt,
  };
}

function sourceOf(place: VolumePlace): string {
  if (place.kind === 'pool') return `${place.pool}/${place.name}`;
  const { protocol, servers, name } = place;
  return servers.length === 0 ? `${protocol}:${name}` : `${protocol}://${servers.join(',')}/${name}`;
}
