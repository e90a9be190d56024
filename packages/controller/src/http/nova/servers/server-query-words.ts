import type { ServerSortKey } from '../../../store/instances/server-record.ts';

/** What servers can be sorted by, in the words of the query. */
export const sortKeys: Readonly<Record<string, ServerSortKey>> = {
  uuid: 'id',
  id: 'id',
  display_name: 'name',
  created_at: 'created_at',
  updated_at: 'updated_at',
  launched_at: 'launched_at',
  host: 'host',
  node: 'host',
  vm_state: 'vm_state',
  task_state: 'task_state',
  power_state: 'power_state',
  project_id: 'project_id',
  user_id: 'user_id',
  availability_zone: 'availability_zone',
  image_ref: 'image_ref',
  key_name: 'key_name',
  hostname: 'hostname',
  locked_by: 'locked_by',
  config_drive: 'config_drive',
};

/** Words of Nova's query of servers (`nova/api/openstack/compute/schemas/servers.py`), and when later ones came. */
const words =
  `access_ip_v4 access_ip_v6 all_tenants auto_disk_config availability_zone block_device_mapping changes-since
  config_drive created_at deleted description display_description display_name flavor host hostname image image_ref info_cache
  ip ip6 kernel_id key_name launch_index launched_at limit locked_by marker metadata name node pci_devices power_state progress
  project_id ramdisk_id reservation_id root_device_name security_groups services soft_deleted sort_dir sort_key status
  system_metadata tags task_state tenant_id terminated_at user_id uuid vm_state`.split(/\s+/);
const later: readonly (readonly [string, number])[] = [
  ['not-tags', 26],
  ['tags-any', 26],
  ['not-tags-any', 26],
  ['changes-before', 66],
  ['locked', 73],
];

/** The words that a query of servers may have. */
export function knownServerWords(minor: number): ReadonlySet<string> {
  return new Set([...words, ...later.flatMap(([word, since]) => (minor >= since ? [word] : []))]);
}
