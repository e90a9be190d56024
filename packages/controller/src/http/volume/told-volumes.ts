import { hasRole } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import type { Controls } from '../controls.ts';
import { publicUrl } from '../openstack/public-url.ts';
import { volumeView } from './volume-view.ts';

/** Volumes in detail, as the caller may read them. */
export async function toldVolumes(
  request: FastifyRequest,
  { volumes }: Pick<Controls, 'volumes'>,
  records: readonly VolumeRecord[],
): Promise<object[]> {
  const ids = new Set(records.flatMap(({ attachments }) => attachments.map((one) => one.instanceId)));
  // Cinder, too, tells administrators alone.
  const knowsHosts = hasRole(request.caller, 'admin');
  const shown = knowsHosts ? [...ids] : [];
  const hosts = await Promise.all(shown.map(async (id) => [id, await volumes.hostOfInstance(id)] as const));
  const [zones, types] = await Promise.all([volumes.zones(), volumes.types()]);
  return records.map((record) => {
    const { typeId, hostIds } = record.volume;
    const [first] = hostIds;
    return volumeView(record, volumesAt(request), {
      hosts: new Map(hosts),
      type: types.find(({ id }) => id === typeId)?.name ?? null,
      zone: first === undefined ? 'nova' : zones.of(first),
      knowsHosts,
    });
  });
}

/** Ferry's address of the volume API. */
export function volumesAt(request: FastifyRequest): string {
  return `${publicUrl(request)}/volume/v3/${request.caller.projectId ?? ''}`;
}
