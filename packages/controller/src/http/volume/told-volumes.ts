import { hasRole } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import type { Api } from '../routing/api.ts';
import { publicUrl } from '../openstack/public-url.ts';
import { volumeView } from './volume-view.ts';
import { volumeTypes } from '../../operations/volumes/volume-types.ts';

/** Volumes in detail, as the caller may read them. */
export async function toldVolumes(
  request: FastifyRequest,
  api: Api,
  records: readonly VolumeRecord[],
): Promise<object[]> {
  const ids = new Set(records.flatMap(({ attachments }) => attachments.map((one) => one.instanceId)));
  // Cinder, too, tells administrators alone.
  const knowsHosts = hasRole(request.caller, 'admin');
  const shown = knowsHosts ? [...ids] : [];
  const hosts = await Promise.all(shown.map(async (id) => [id, await hostOfInstance(api, id)] as const));
  const [zones, types] = await Promise.all([zonesOfHosts(api), volumeTypes(api.services)]);
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

/** Availability zones of hosts by their ids, and all that there are. */
export async function zonesOfHosts({
  store,
}: Pick<Api, 'store'>): Promise<{ of(hostId: string): string; readonly all: readonly string[] }> {
  const [zones, hosts] = await Promise.all([store.creations.zones(), store.hosts.list()]);
  const of = (hostId: string): string => zones.of(hostId);
  return { of, all: [...new Set(hosts.map(({ id }) => of(id)))].toSorted() };
}

/** Name of an instance's host; null where there is no such instance any more. */
async function hostOfInstance({ store }: Api, instanceId: string): Promise<string | null> {
  const instance = await store.instances.byId(instanceId);
  return instance === null ? null : ((await store.hosts.byId(instance.hostId))?.name ?? null);
}
