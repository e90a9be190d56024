import {
  type Caller,
  hasRole,
  isVolumeTask,
  type PowerState,
  reservationOf,
  serverStatus,
} from '@ferry/model';
import type { ServerRecord } from '../../../store/instances/server-record.ts';
import { microsecondsTime, secondsTime } from '../nova-time.ts';
import { addressesOf, hostIdOf } from './server-addresses.ts';
import { flavorView } from './flavor-view.ts';

/** For whom, and in which words, a server is told. */
export interface ServerViewOptions {
  readonly caller: Caller;
  /** N of microversion 2.N. */
  readonly minor: number;
  /** Address of Ferry, without a path. */
  readonly baseUrl: string;
  /** In a list some fields stand elsewhere, and one is not told; the reply to a change told less before 2.75. */
  readonly place: 'one' | 'list' | 'changed';
}

/** Nova's numbers of power states; its libvirt driver tells a suspended guest as what it is then: shut down. */
const powerNumbers: Readonly<Record<PowerState, number>> = {
  unknown: 0,
  running: 1,
  paused: 3,
  shutoff: 4,
  crashed: 6,
  suspended: 7,
};

/** Statuses in which Nova tells how far something has come. */
const withProgress: ReadonlySet<string> = new Set([
  'ACTIVE',
  'BUILD',
  'REBUILD',
  'RESIZE',
  'VERIFY_RESIZE',
  'MIGRATING',
]);

/** A server as GET /servers tells it. */
export function serverSummary({ instance }: ServerRecord, baseUrl: string): Record<string, unknown> {
  const { id, name } = instance;
  return { id, name, links: serverLinks(id, baseUrl) };
}

/** Where a server is found. */
function serverLinks(id: string, baseUrl: string): { rel: string; href: string }[] {
  return [
    { rel: 'self', href: `${baseUrl}/v2.1/servers/${id}` },
    { rel: 'bookmark', href: `${baseUrl}/servers/${id}` },
  ];
}

/** A server in detail: Nova's fields in Nova's order, each from its microversion on. */
export function serverView(server: ServerRecord, options: ServerViewOptions): Record<string, unknown> {
  const view = wholeView(server, options);
  if (options.place !== 'changed') return view;
  const told = Object.entries(view).filter(([name]) => !isUntoldOfChange(name));
  return { ...Object.fromEntries(told), addresses: plainAddresses(server) };
}

/** Fields that a change is not answered with before 2.75 (Nova's `ServersController.update`). */
function isUntoldOfChange(name: string): boolean {
  const plain = ['config_drive', 'key_name', 'security_groups', 'host_status'];
  return plain.includes(name) || /^(OS-EXT-|OS-SRV-USG:|os-extended-volumes:)/.test(name);
}

function wholeView(server: ServerRecord, options: ServerViewOptions): Record<string, unknown> {
  const { instance, profile, host } = server;
  const { minor, baseUrl, place, caller } = options;
  const inList = place === 'list';
  const status = serverStatus(instance.vmState, instance.taskState);
  const admin = hasRole(caller, 'admin');
  const groups =
    server.securityGroups.length === 0
      ? {}
      : { security_groups: server.securityGroups.map((name) => ({ name })) };
  const hostStatus = minor >= 16 && admin ? { host_status: hostStatusOf(server) } : {};
  return {
    id: instance.id,
    name: instance.name,
    status,
    tenant_id: profile.projectId,
    user_id: profile.userId,
    metadata: profile.metadata,
    hostId: hostIdOf(profile.projectId, host.name),
    image: imageView(server, baseUrl),
    flavor: flavorView(server, minor, baseUrl),
    created: secondsTime(profile.createdAt),
    updated: secondsTime(profile.updatedAt),
    addresses: addressesView(server),
    accessIPv4: profile.accessIpv4 ?? '',
    accessIPv6: profile.accessIpv6 ?? '',
    links: serverLinks(instance.id, baseUrl),
    'OS-DCF:diskConfig': 'MANUAL',
    ...(withProgress.has(status) ? { progress: server.progressPercent } : {}),
    ...faultView(server, status, admin),
    'OS-EXT-AZ:availability_zone': host.zone,
    config_drive: profile.configDrive ? 'True' : '',
    key_name: profile.keyName,
    'OS-SRV-USG:launched_at': profile.launchedAt === null ? null : microsecondsTime(profile.launchedAt),
    'OS-SRV-USG:terminated_at': server.deletedAt === null ? null : microsecondsTime(server.deletedAt),
    ...(inList ? {} : groups),
    ...attributes(server, minor, admin),
    // Nova has no word for it.
    'OS-EXT-STS:task_state': isVolumeTask(instance.taskState) ? null : instance.taskState,
    'OS-EXT-STS:vm_state': instance.vmState,
    'OS-EXT-STS:power_state': powerNumbers[instance.powerState],
    'os-extended-volumes:volumes_attached': server.volumes.map(({ volumeId, deleteOnTermination }) => ({
      id: volumeId,
      ...(minor >= 3 ? { delete_on_termination: deleteOnTermination } : {}),
    })),
    ...(inList ? {} : hostStatus),
    ...sinceLater(server, options),
    ...(inList ? { ...hostStatus, ...groups } : {}),
  };
}

/** What administrators are told; the guest's own host name is everybody's since 2.90. */
function attributes(server: ServerRecord, minor: number, admin: boolean): Record<string, unknown> {
  const { instance, profile, host, devices } = server;
  const hostname = { 'OS-EXT-SRV-ATTR:hostname': profile.hostname ?? instance.name };
  if (!admin) return minor >= 90 ? hostname : {};
  const always = {
    'OS-EXT-SRV-ATTR:host': host.name,
    'OS-EXT-SRV-ATTR:instance_name': devices?.domainName ?? instance.name,
    'OS-EXT-SRV-ATTR:hypervisor_hostname': host.name,
  };
  if (minor < 3) return always;
  return {
    ...always,
    'OS-EXT-SRV-ATTR:reservation_id': reservationOf(profile),
    'OS-EXT-SRV-ATTR:launch_index': 0,
    ...hostname,
    'OS-EXT-SRV-ATTR:kernel_id': '',
    'OS-EXT-SRV-ATTR:ramdisk_id': '',
    'OS-EXT-SRV-ATTR:root_device_name': devices?.rootDevice ?? null,
    'OS-EXT-SRV-ATTR:user_data': profile.userData,
  };
}

/** Fields that came after 2.3. */
function sinceLater(
  { profile, serverGroupId }: ServerRecord,
  { minor, place }: Pick<ServerViewOptions, 'minor' | 'place'>,
): Record<string, unknown> {
  const inList = place === 'list';
  return {
    ...(minor >= 9 ? { locked: profile.lockedBy !== null } : {}),
    ...(minor >= 73 ? { locked_reason: profile.lockedReason } : {}),
    ...(minor >= 19 ? { description: profile.description } : {}),
    ...(minor >= 26 ? { tags: profile.tags } : {}),
    ...(minor >= 63 ? { trusted_image_certificates: null } : {}),
    ...(minor >= 71 && !inList ? { server_groups: serverGroupId === null ? [] : [serverGroupId] } : {}),
    ...(minor >= 96 ? { pinned_availability_zone: profile.availabilityZone } : {}),
  };
}

/** An instance whose disks are no copy of an image has an empty text, as one that boots from a volume has in Nova. */
function imageView({ profile }: ServerRecord, baseUrl: string): unknown {
  const { imageId } = profile;
  if (imageId === null) return '';
  return { id: imageId, links: [{ rel: 'bookmark', href: `${baseUrl}/images/${imageId}` }] };
}

function addressesView(server: ServerRecord): Record<string, object[]> {
  const view: Record<string, object[]> = {};
  for (const { network, version, address, mac } of addressesOf(server)) {
    const entry = {
      version,
      addr: address,
      'OS-EXT-IPS:type': 'fixed',
      'OS-EXT-IPS-MAC:mac_addr': mac,
    };
    view[network] = [...(view[network] ?? []), entry];
  }
  return view;
}

/** Without what extensions of Nova's first API added to each. */
function plainAddresses(server: ServerRecord): Record<string, object[]> {
  const of = Map.groupBy(addressesOf(server), ({ network }) => network);
  return Object.fromEntries(
    [...of].map(([network, all]) => [
      network,
      all.map(({ version, address }) => ({ version, addr: address })),
    ]),
  );
}

/** What is wrong with one that is in error: why it could not be created, or what the hosts show. */
function faultView({ instance, profile }: ServerRecord, status: string, admin: boolean): object {
  if (status !== 'ERROR') return {};
  const { failure } = profile;
  if (failure !== null)
    return { fault: { code: 500, created: secondsTime(failure.at), message: failure.message } };
  if (instance.fault === null) return {};
  const { message, remedy } = instance.fault;
  const fault = { code: 500, created: secondsTime(profile.updatedAt), message };
  return { fault: admin ? { ...fault, details: remedy } : fault };
}

function hostStatusOf({ host }: ServerRecord): string {
  if (host.forcedDown) return 'DOWN';
  if (host.state === 'down') return 'UNKNOWN';
  return host.enabled ? 'UP' : 'MAINTENANCE';
}
