import type { Generated } from 'kysely';
import type { Flag, Json } from '../database/column-types.ts';

export interface VolumeTable {
  id: string;
  name: string;
  description: string | null;
  project_id: string;
  user_id: string;
  place: Json;
  host_ids: Json;
  format: string;
  size_bytes: number | null;
  made: Flag;
  shareable: Flag;
  metadata: Generated<Json>;
  type_id: string | null;
  state: string;
  fault: string | null;
  /** The operation that makes, extends or deletes it; null when none does. */
  operation_id: string | null;
  created_at: string;
  updated_at: string;
}

export interface VolumeAttachmentTable {
  id: string;
  volume_id: string;
  instance_id: string;
  /** The operation that attaches or detaches it; null when none does. */
  operation_id: string | null;
  target: string;
  tag: string | null;
  delete_on_termination: Flag;
  state: string;
  found: Flag;
  created_at: string;
}

/** Pools that an admin named for volumes. */
export interface VolumeTypeTable {
  id: string;
  name: string;
  description: string | null;
  pool: string;
  host_ids: Json;
  shared: Flag;
  is_default: Flag;
  created_at: string;
}

/** Volumes, which instances have them, and of which pools they are made. */
export interface VolumeSchema {
  volume_type: VolumeTypeTable;
  volume: VolumeTable;
  volume_attachment: VolumeAttachmentTable;
}
