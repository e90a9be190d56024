import {
  type Caller,
  hasRole,
  type PowerState,
  serverStatuses,
  statesOfStatus,
  ownValue,
} from '@ferry/model';
import type { ServerQuery, ServerRecord, ServerSortKey } from '../../../store/instances/server-record.ts';
import { NovaFault, requireRole } from '../nova-fault.ts';
import { pageOf, type Query, requireKnown, valuesOf } from '../paging.ts';
import { isLooseBoolean, isYes } from '../require-body.ts';
import { queryTime } from '../nova-time.ts';
import { textFilters } from './text-filters.ts';

/** Nova's power states by number. */
const powerStates: Readonly<Record<string, PowerState>> = {
  '0': 'unknown',
  '1': 'running',
  '3': 'paused',
  '4': 'shutoff',
  '6': 'crashed',
  '7': 'suspended',
};

/** What GET /servers asks for, with who asks; null: nothing can fit it. Refuses what it must not ask. */
export function serverQuery(query: Query, caller: Caller, minor: number): ServerQuery | null {
  if (minor >= 75) requireKnown(query, knownServerWords(minor));
  const admin = hasRole(caller, 'admin');
  const states = statesOf(query, minor);
  // Nothing is deleted softly: what is deleted cannot be restored.
  if (states === 'none' || isAsked(query, 'soft_deleted', admin)) return null;
  const list = (name: string): string[] | null => {
    const values = valuesOf(query, name);
    return values.length === 0 ? null : values;
  };
  const changedSince = queryTime(query, 'changes-since');
  const changedBefore = minor >= 66 ? queryTime(query, 'changes-before') : null;
  if (changedSince !== null && changedBefore !== null && changedSince > changedBefore)
    throw new NovaFault(400, 'The value of changes-since must be less than or equal to changes-before.');
  // Where instances run is nobody's matter but the administrators'.
  const hosts = admin ? (list('host') ?? list('node')) : null;
  return {
    projectIds: projectsOf(query, caller),
    userIds: list('user_id'),
    ids: list('uuid'),
    hosts,
    vmStates: list('vm_state'),
    taskStates: list('task_state'),
    images: list('image') ?? list('image_ref'),
    states,
    locked: lockedOf(query, minor),
    nameContains: plainName(query),
    lives: livesOf(query, admin, minor),
    changedSince,
    changedBefore,
    sort: sortOf(query),
    ...pageOf(query),
    keep: keepOf(query, minor),
  };
}

/** A name that is no pattern, which the database finds without every server being looked at. */
function plainName(query: Query): string | null {
  const [name = ''] = valuesOf(query, 'name');
  return /^[\w -]+$/.test(name) ? name : null;
}

/** Administrators see what was deleted; who follows changes sees that something is gone. */
function livesOf(query: Query, admin: boolean, minor: number): ServerQuery['lives'] {
  const deleted = valuesOf(query, 'status').some((status) => status.toUpperCase() === 'DELETED');
  if (isAsked(query, 'deleted', admin) || (admin && deleted)) return 'deleted';
  const times = minor >= 66 ? ['changes-since', 'changes-before'] : ['changes-since'];
  const follows = times.some((word) => valuesOf(query, word).length > 0);
  return follows ? 'all' : 'living';
}

function isAsked(query: Query, name: string, admin: boolean): boolean {
  return admin && valuesOf(query, name).some((value) => isYes(value));
}

function projectsOf(query: Query, caller: Caller): string[] | null {
  const asked = valuesOf(query, 'all_tenants').at(-1);
  if (asked !== undefined && asked !== '' && !isLooseBoolean(asked))
    throw new NovaFault(
      400,
      `Invalid input for query parameters all_tenants. Value: ${asked}. It must be a boolean.`,
    );
  const own = [caller.projectId ?? ''];
  if (asked === undefined || (asked !== '' && !isYes(asked))) return own;
  requireRole(caller, 'admin', 'servers:detail:get_all_tenants');
  const named = [...valuesOf(query, 'project_id'), ...valuesOf(query, 'tenant_id')];
  return named.length === 0 ? null : named;
}

/** `none`: no server can have such a status. */
function statesOf(query: Query, minor: number): ServerQuery['states'] | 'none' {
  const statuses = valuesOf(query, 'status').filter((status) => status !== '');
  if (statuses.length === 0) return null;
  const unknown = statuses.find((status) => !serverStatuses.has(status.toUpperCase()));
  if (unknown !== undefined && minor >= 38)
    throw new NovaFault(400, `Invalid filter: '${unknown}' is no status of a server.`);
  const states = statuses.flatMap((status) => statesOfStatus(status));
  return states.length === 0 ? 'none' : states;
}

function lockedOf(query: Query, minor: number): boolean | null {
  const [value] = valuesOf(query, 'locked');
  if (value === undefined || minor < 73) return null;
  if (!isLooseBoolean(value))
    throw new NovaFault(400, `Invalid filter: locked is '${value}', and must be a boolean.`);
  return isYes(value);
}

function sortOf(query: Query): { key: ServerSortKey; descending: boolean }[] {
  const keys = valuesOf(query, 'sort_key');
  const directions = valuesOf(query, 'sort_dir');
  if (directions.length > keys.length) throw new NovaFault(400, 'Sort direction size exceeds sort key size');
  if (keys.length === 0) return [{ key: 'created_at', descending: true }];
  return keys.map((name, index) => {
    const key = ownValue(sortKeys, name);
    const direction = directions[index] ?? 'desc';
    if (key === undefined)
      throw new NovaFault(
        400,
        `Invalid input for query parameters sort_key. Value: ${name}. It is not one of ${Object.keys(sortKeys).join(', ')}.`,
      );
    if (direction !== 'asc' && direction !== 'desc')
      throw new NovaFault(
        400,
        `Invalid input for query parameters sort_dir. Value: ${direction}. It is not one of asc, desc.`,
      );
    return { key, descending: direction === 'desc' };
  });
}

/** Everything that the database is not asked for. */
function keepOf(query: Query, minor: number): ServerQuery['keep'] {
  const tests = [...textFilters(query), ...powerFilter(query), ...(minor >= 26 ? tagFilters(query) : [])];
  return tests.length === 0 ? null : (server) => tests.every((test) => test(server));
}

function powerFilter(query: Query): ((server: ServerRecord) => boolean)[] {
  const wanted = valuesOf(query, 'power_state').map((value) => ownValue(powerStates, value));
  return wanted.length === 0 ? [] : [({ instance }) => wanted.includes(instance.powerState)];
}

/** `tags`: all of them; `tags-any`: one; `not-tags`: not all; `not-tags-any`: none. */
function tagFilters(query: Query): ((server: ServerRecord) => boolean)[] {
  const tagsOf = (name: string): string[] | null => {
    const [value] = valuesOf(query, name);
    return value === undefined ? null : value.split(',');
  };
  const [all, any] = [tagsOf('tags'), tagsOf('tags-any')];
  const [notAll, notAny] = [tagsOf('not-tags'), tagsOf('not-tags-any')];
  return [
    ...(all === null ? [] : [(server: ServerRecord) => all.every(has(server))]),
    ...(any === null ? [] : [(server: ServerRecord) => any.some(has(server))]),
    ...(notAll === null ? [] : [(server: ServerRecord) => !notAll.every(has(server))]),
    ...(notAny === null ? [] : [(server: ServerRecord) => !notAny.some(has(server))]),
  ];
}

function has({ profile }: ServerRecord): (tag: string) => boolean {
  return (tag) => profile.tags.includes(tag);
}

/** What servers can be sorted by, in the words of the query. */
const sortKeys: Readonly<Record<string, ServerSortKey>> = {
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
function knownServerWords(minor: number): ReadonlySet<string> {
  return new Set([...words, ...later.flatMap(([word, since]) => (minor >= since ? [word] : []))]);
}
