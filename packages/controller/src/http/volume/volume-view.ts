import { type VolumeAttachment, volumeStatus, hasRole } from '@ferry/model';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import { microsecondsTime } from '../nova/nova-time.ts';
import type { FastifyRequest } from 'fastify';
import type { Api } from '../routing/api.ts';
import { publicUrl } from '../openstack/public-url.ts';
import { volumeTypes } from '../../operations/volumes/volume-types.ts';

const gibibyte = 1024 ** 3;

/** What is told of a volume from elsewhere. */
interface Around {
  /** Names by instance, for those who may know them. */
  readonly hosts: ReadonlyMap<string, string | null>;
  /** Name of its type. */
  readonly type: string | null;
  readonly zone: string;
  /** Whether names of hosts, and of what else is on them, may be told. */
  readonly knowsHosts: boolean;
}

const forOwners = 'It did not come to its end on its host; an administrator is told why.';

/** A volume as GET /volumes tells it. `at`: Ferry's address of the volume API. */
export function volumeSummary({ volume }: VolumeRecord, at: string): Record<string, unknown> {
  const { id, name } = volume;
  return { id, name, links: [{ rel: 'self', href: `${at}/volumes/${id}` }] };
}

/** A volume in detail, as Cinder 3.0 tells it when it is made or changed; sizes are whole GiB there, rounded up. */
function volumeView(record: VolumeRecord, at: string, around: Around): Record<string, unknown> {
  const { volume, attachments } = record;
  return {
    ...volumeSummary(record, at),
    description: volume.description,
    status: volumeStatus(volume, attachments),
    size: Math.ceil((volume.sizeBytes ?? 0) / gibibyte),
    availability_zone: around.zone,
    created_at: microsecondsTime(volume.createdAt),
    updated_at: microsecondsTime(volume.updatedAt),
    attachments: attachments.map((one) => attachmentView(one, around.hosts.get(one.instanceId) ?? null)),
    bootable: 'false',
    encrypted: false,
    multiattach: volume.shareable,
    metadata: volume.metadata,
    volume_type: around.type,
    snapshot_id: null,
    source_volid: null,
    consistencygroup_id: null,
    replication_status: null,
    user_id: volume.userId,
    // Cinder has messages for it, in a list of their own.
    ...(volume.fault === null ? {} : { fault: { message: around.knowsHosts ? volume.fault : forOwners } }),
  };
}

function attachmentView(attachment: VolumeAttachment, host: string | null): Record<string, unknown> {
  return {
    id: attachment.volumeId,
    attachment_id: attachment.id,
    volume_id: attachment.volumeId,
    server_id: attachment.instanceId,
    host_name: host,
    device: `/dev/${attachment.target}`,
    attached_at: microsecondsTime(attachment.createdAt),
  };
}

/** Volumes as pages and lists in detail tell them: with whose they are, which the reply to a change does not tell in Cinder. */
export async function shownVolumes(
  request: FastifyRequest,
  api: Api,
  records: readonly VolumeRecord[],
): Promise<object[]> {
  const told = await toldVolumes(request, api, records);
  return told.map((volume, index) => ({
    ...volume,
    'os-vol-tenant-attr:tenant_id': records[index]?.volume.projectId ?? null,
  }));
}

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
