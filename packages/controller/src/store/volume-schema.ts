import type { Flag, Json } from './column-types.ts';

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
  state: string;
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

/** Volumes, and which instances have them. */
export interface VolumeSchema {
  volume: VolumeTable;
  volume_attachment: VolumeAttachmentTable;
}
