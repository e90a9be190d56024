import type { Flag, Json } from '../database/column-types.ts';

/** An image of the controller's library. */
export interface LibraryImageTable {
  id: string;
  name: string | null;
  status: string;
  visibility: string;
  project_id: string;
  protected: Flag;
  hidden: Flag;
  tags: Json;
  disk_format: string | null;
  container_format: string | null;
  min_disk_gib: number;
  min_memory_mib: number;
  properties: Json;
  /** Its bytes, null until they have come: of several images with the same, one file. */
  sha256: string | null;
  sha512: string | null;
  md5: string | null;
  digest: string | null;
  digest_kind: string | null;
  length_bytes: number | null;
  virtual_bytes: number | null;
  created_at: string;
  updated_at: string;
}

export interface FlavorTable {
  id: string;
  name: string;
  vcpus: number;
  memory_mib: number;
  root_gib: number;
  ephemeral_gib: number;
  swap_mib: number;
  /** A number as text: the databases have no fraction in common. */
  rxtx_factor: string;
  public: Flag;
  description: string | null;
  extra_specs: Json;
  created_at: string;
  updated_at: string;
}

interface FlavorAccessTable {
  flavor_id: string;
  project_id: string;
}

export interface KeypairTable {
  user_id: string;
  name: string;
  type: string;
  fingerprint: string;
  public_key: string;
  created_at: string;
}

export interface ServerGroupTable {
  id: string;
  name: string;
  project_id: string;
  user_id: string;
  policy: string;
  max_per_host: number | null;
  created_at: string;
}

interface ServerGroupMemberTable {
  instance_id: string;
  group_id: string;
}

/** What an instance that is being created takes on its host until the host shows it by itself. */
interface CreationClaimTable {
  instance_id: string;
  operation_id: string;
  host_id: string;
  memory_bytes: number;
  disk_bytes: number;
  directory: string;
  /** The base image that its disk is to stand on. */
  base_path: string;
}

/** Ids that images had which are gone: they are not given again. */
interface DeletedImageTable {
  id: string;
  deleted_at: string;
}

/** What instances are created from and with: images, flavors, keypairs, groups. */
export interface CreationSchema {
  library_image: LibraryImageTable;
  deleted_image: DeletedImageTable;
  flavor: FlavorTable;
  flavor_access: FlavorAccessTable;
  keypair: KeypairTable;
  server_group: ServerGroupTable;
  server_group_member: ServerGroupMemberTable;
  creation_claim: CreationClaimTable;
}
