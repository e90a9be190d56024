import type { VolumeAttachment } from '@ferry/model';
import type { Selectable } from 'kysely';
import type { VolumeAttachmentTable } from '../schema/volume-schema.ts';

export function readAttachment(row: Selectable<VolumeAttachmentTable>): VolumeAttachment {
  return {
    id: row.id,
    volumeId: row.volume_id,
    instanceId: row.instance_id,
    target: row.target,
    tag: row.tag,
    deleteOnTermination: row.delete_on_termination !== 0,
    state: row.state as VolumeAttachment['state'],
    found: row.found !== 0,
    createdAt: row.created_at,
  };
}

export function writeAttachment(
  attachment: VolumeAttachment,
  operationId: string | null,
): VolumeAttachmentTable {
  return {
    id: attachment.id,
    volume_id: attachment.volumeId,
    instance_id: attachment.instanceId,
    operation_id: operationId,
    target: attachment.target,
    tag: attachment.tag,
    delete_on_termination: attachment.deleteOnTermination ? 1 : 0,
    state: attachment.state,
    found: attachment.found ? 1 : 0,
    created_at: attachment.createdAt,
  };
}
