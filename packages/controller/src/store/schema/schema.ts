import type { Generated, Insertable, Selectable } from 'kysely';
import type { MigrationTable } from './noun-columns.ts';
import type { Flag, Json } from '../database/column-types.ts';
import type { CreationSchema } from './creation-schema.ts';
import type { ForecastSchema, LoadSchema, PlanSchema, WebhookSchema } from './fleet-schema.ts';
import type { IdentitySchema } from './identity-schema.ts';
import type { VolumeSchema } from './volume-schema.ts';

export interface HostTable {
  id: string;
  name: string;
  uri: string;
  peer_uri: string;
  trusted_copy_address: string | null;
  network_settings: Json | null;
  storage_settings: Json | null;
  remove_unused_images: Flag;
  status: string;
  state: string;
  reason: string;
  last_seen_at: string | null;
  facts: Json | null;
  image_directory: string | null;
  screen_address: string | null;
  screen_tls: Generated<Flag>;
  allowed_directories: Generated<Json>;
  labels: Generated<Json>;
  fenced_at: string | null;
  fenced_by: string | null;
  /** Since when it takes no instance, and whose word it is; null: it is not in maintenance. */
  maintenance: Json | null;
  /** Why an operator has disabled it. */
  disabled_reason: string | null;
  /** An operator says that it is down, whatever it answers. */
  forced_down: Generated<Flag>;
  /** Set: Ferry does not look after it any more. */
  removed_at: string | null;
}

/** Hosts that an instance was recorded on, and that others than Ferry have moved it from; of either may be no row any more. */
interface FormerHostTable {
  instance_id: string;
  host_id: string;
}

/** What the doctor found last: of a host (`peer_id` is empty), or on the way from it to another. */
interface DoctorReportTable {
  host_id: string;
  peer_id: string;
  examined_at: string;
  findings: Json;
  /** Of a host: when each of its certificates ends. */
  certificates: Json;
}

/** Small numbers of hosts, by which clients before microversion 2.53 name them. */
interface HostNumberTable {
  number: Generated<number>;
  host_id: string;
}

export interface InstanceTable {
  id: string;
  name: string;
  host_id: string;
  power_state: string;
  vm_state: string;
  task_state: string | null;
  memory_bytes: number;
  vcpus: number;
  generation: number;
  operation_id: string | null;
  /** What hosts show of it that does not fit. */
  fault: Json | null;
  /** Null while there is one. */
  deleted_at: string | null;
}

export interface InstanceProfileTable {
  instance_id: string;
  project_id: string;
  user_id: string;
  created_at: string;
  updated_at: string;
  launched_at: string | null;
  description: string | null;
  metadata: Json;
  tags: Json;
  locked_by: string | null;
  locked_reason: string | null;
  image_id: string | null;
  flavor: Json | null;
  key_name: string | null;
  availability_zone: string | null;
  hostname: string | null;
  user_data: string | null;
  config_drive: Flag;
  /** Why it could not be created. */
  failure: Json | null;
  /** When somebody wanted it gone while it was being created. */
  delete_requested_at: string | null;
  /** By which addresses its owner says that it is reached. */
  access_ipv4: string | null;
  access_ipv6: string | null;
  /** What those have in common that one request created. */
  reservation_id: string | null;
}

/** The last sample that was written of a migration's progress; JSON's null: it has no numbers now. */
interface MigrationProgressTable {
  migration_id: string;
  progress: Json;
}

/** What hosts showed last of an instance's definition. */
interface InstanceDevicesTable {
  instance_id: string;
  /** The host that showed them. */
  host_id: string;
  devices: Json;
}

/** Something that was done to an instance, or tried: one request each. Kept also when the instance is gone. */
export interface InstanceActionTable {
  /** Order of beginning. */
  sequence: Generated<number>;
  request_id: string;
  instance_id: string;
  /** The operation that does it; null for one that was done at once. */
  operation_id: string | null;
  action: string;
  user_id: string;
  project_id: string;
  started_at: string;
  updated_at: string;
  /** Why it did not end well. */
  message: string | null;
}

export interface InstanceActionEventTable {
  sequence: Generated<number>;
  action_sequence: number;
  event: string;
  host: string;
  started_at: string;
  finished_at: string | null;
  result: string | null;
  details: string | null;
}

export interface AggregateTable {
  number: Generated<number>;
  uuid: string;
  name: string;
  availability_zone: string | null;
  metadata: Json;
  created_at: string;
  updated_at: string | null;
}

interface AggregateHostTable {
  aggregate_number: number;
  host_id: string;
}

interface ClaimTable {
  migration_id: string;
  host_id: string;
  memory_bytes: number;
  disk_bytes: number;
}

interface OperationTable {
  id: string;
  workflow: string;
  input: Json;
  created_at: string;
  /** `open` while anything is left to do for it, then `closed`. */
  state: string;
  /** Who carries it on; null: nobody. */
  controller_id: string | null;
  /** Grows by each taking: what an earlier owner still wants to write is known by its lower number. */
  fence: Generated<number>;
  /** Milliseconds of the database's clock. */
  lease_until: Generated<number>;
  /** By which span of a trace it was carried on last; null: nobody traces. */
  trace_parent: string | null;
}

interface OperationRecordTable {
  operation_id: string;
  position: number;
  record: Json;
}

interface EventTable {
  sequence: Generated<number>;
  at: string;
  kind: string;
  subject_id: string;
  message: string;
}

/** Who did what to what; added to, never changed. */
export interface AuditTable {
  sequence: Generated<number>;
  at: string;
  action: string;
  user_id: string;
  user_name: string;
  project_id: string | null;
  address: string;
  request_id: string;
  target: Json;
  result: string;
  status: number | null;
}

interface ConsoleTokenTable {
  /** SHA-256 of the token. */
  hash: string;
  instance_id: string;
  kind: string;
  created_at: string;
  expires_at: string;
  /** Whom it is for. */
  user_id: string;
  /** Their own token, which only the token of the console opens. */
  sealed_token: string;
}

interface TokenTable {
  id: string;
  name: string;
  role: string;
  /** SHA-256 of the token; the token itself is not kept. */
  hash: string;
  created_at: string;
}

export interface SecurityGroupTable {
  id: string;
  name: string;
  description: string;
  rules: Json;
  created_at: string;
}

interface InstanceSecurityGroupTable {
  instance_id: string;
  group_id: string;
}

interface InstanceAddressesTable {
  instance_id: string;
  addresses: Json;
}

/** A host that is still to learn of a change of security groups. */
interface FirewallDebtTable {
  host_id: string;
  /** Grows by each change, so that one made meanwhile is not taken for learnt. */
  serial: number;
}

export interface BaseImageTable {
  host_id: string;
  path: string;
  length_bytes: number;
  changed_at: string | null;
  digest: string | null;
  /** How the digest was made. */
  digest_kind: string | null;
  brought_by: string | null;
  brought_at: string | null;
}

/** A pool or a secret that a migration brought to a host. */
interface BroughtVolumeTable {
  host_id: string;
  kind: string;
  /** Name of the pool, uuid of the secret. */
  name: string;
  migration_id: string;
}

/** What one controller at a time is at, of what operations of all share. */
interface ControllerLockTable {
  key: string;
  /** One taking of it. */
  token: string;
  /** Who has it, for those who wait. */
  holder: string;
  /** On the database's clock, milliseconds since 1970. */
  lease_until: number;
}

interface DefinitionBackupTable {
  instance_id: string;
  host_id: string;
  xml: string;
  domain: Json;
  seen_at: string;
}

/** A key that what is secret is sealed with; the key itself is in a file of the controller. */
interface SecretKeyTable {
  id: string;
  /** Nothing, sealed with it: who opens this has the key. */
  proof: string;
  /** All that is secret is sealed with it. */
  complete: Flag;
  created_at: string;
}

/** A directory of a host that a peer was seen to have too. */
interface SharedDirectoryTable {
  host_id: string;
  peer_id: string;
  directory: string;
  proven_at: string;
}

/** What holds for moves of a project, a label, an instance or all. */
export interface PolicyTable {
  name: string;
  scope: string;
  subject: string | null;
  description: string | null;
  said: Json;
  updated_at: string;
}

/** What a transfer showed at one look, or what was decided on it. */
interface MigrationRecordTable {
  sequence: Generated<number>;
  migration_id: string;
  record: Json;
}

/** One portable schema: the same on SQLite and PostgreSQL. */
export interface Schema
  extends CreationSchema,
    ForecastSchema,
    IdentitySchema,
    LoadSchema,
    PlanSchema,
    VolumeSchema,
    WebhookSchema {
  host: HostTable;
  instance: InstanceTable;
  instance_profile: InstanceProfileTable;
  instance_devices: InstanceDevicesTable;
  instance_action: InstanceActionTable;
  instance_action_event: InstanceActionEventTable;
  host_number: HostNumberTable;
  doctor_report: DoctorReportTable;
  aggregate: AggregateTable;
  aggregate_host: AggregateHostTable;
  migration: MigrationTable;
  migration_progress: MigrationProgressTable;
  claim: ClaimTable;
  operation: OperationTable;
  operation_record: OperationRecordTable;
  event: EventTable;
  token: TokenTable;
  console_token: ConsoleTokenTable;
  audit: AuditTable;
  security_group: SecurityGroupTable;
  instance_security_group: InstanceSecurityGroupTable;
  instance_addresses: InstanceAddressesTable;
  firewall_debt: FirewallDebtTable;
  base_image: BaseImageTable;
  brought_volume: BroughtVolumeTable;
  controller_lock: ControllerLockTable;
  kept_definition: DefinitionBackupTable;
  former_host: FormerHostTable;
  shared_directory: SharedDirectoryTable;
  secret_key: SecretKeyTable;
  policy: PolicyTable;
  migration_record: MigrationRecordTable;
}

export type MigrationRow = Selectable<MigrationTable>;
export type NewMigrationRow = Insertable<MigrationTable>;
