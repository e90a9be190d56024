import { type VolumeAttachment, volumeStatus } from '@ferry/model';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import { microsecondsTime } from '../nova/nova-time.ts';

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

/** A volume in detail, as Cinder 3.0 tells it; sizes are whole GiB there, rounded up. */
export function volumeView(record: VolumeRecord, at: string, around: Around): Record<string, unknown> {
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
    'os-vol-tenant-attr:tenant_id': volume.projectId,
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
