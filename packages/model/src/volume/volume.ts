import type { DiskFacts } from '../instance/domain-facts.ts';
import type { SecretRef } from '../storage/pool-facts.ts';

/** A volume of a storage pool, by the names that the pool's hosts have for both. */
export interface PoolPlace {
  readonly kind: 'pool';
  readonly pool: string;
  readonly name: string;
}

/** A disk on the network, which the hypervisor of any host opens by itself. */
export interface NetworkPlace {
  readonly kind: 'network';
  readonly protocol: 'nbd' | 'iscsi' | 'rbd';
  /** Export (nbd), IQN/LUN (iscsi), pool/image (rbd). */
  readonly name: string;
  /** `host:port` each; of rbd none at all: the host's own configuration of Ceph names them. */
  readonly servers: readonly string[];
  /** Whom to name to the server, and the hypervisor's secret with the password; null: nobody is asked for. */
  readonly auth: { readonly user: string; readonly secret: SecretRef } | null;
}

/** Where a volume is. */
export type VolumePlace = PoolPlace | NetworkPlace;

/**
 * What is done to a volume itself, or came to nothing, in the words of the volume API but for `ready`: whether that is
 * attached is told by its attachments.
 */
export type VolumeState =
  | 'creating'
  | 'ready'
  | 'extending'
  | 'deleting'
  | 'error'
  | 'error_extending'
  | 'error_deleting';

/** A disk that Ferry keeps in its catalogue, for instances to be given and to be taken from. */
export interface Volume {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly projectId: string;
  readonly userId: string;
  readonly place: VolumePlace;
  /** Hosts by id on which the pool has it; of a disk on the network none. */
  readonly hostIds: readonly string[];
  /** libvirt's word for how it is laid out: `raw`, `qcow2`. */
  readonly format: string;
  /** What a guest sees; null where nobody has told it, as of a disk on the network. */
  readonly sizeBytes: number | null;
  /** Ferry made it, and removes it when it is deleted; else it was there before. */
  readonly made: boolean;
  /** Several instances may have it at once: what they write must suit that. */
  readonly shareable: boolean;
  /** What its owner says of it. */
  readonly metadata: Readonly<Record<string, string>>;
  /** By which type it was asked for; null where an operator named its place, or that type is gone. */
  readonly typeId: string | null;
  readonly state: VolumeState;
  /** Why what was asked for last came to nothing; null where it did not. */
  readonly fault: string | null;
  /** The operation that makes, extends or deletes it; null: none has it. */
  readonly operationId: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** That an instance has a volume, or is about to. */
export interface VolumeAttachment {
  readonly id: string;
  readonly volumeId: string;
  readonly instanceId: string;
  /** The guest's name of the disk as its definition has it: `vdb`. */
  readonly target: string;
  readonly tag: string | null;
  readonly deleteOnTermination: boolean;
  readonly state: 'attaching' | 'attached' | 'detaching';
  /** The disk was there when instance and volume became known; it bears no mark of Ferry's. */
  readonly found: boolean;
  readonly createdAt: string;
}

/** The words of the volume API for what a volume is. */
export type VolumeStatus = Exclude<VolumeState, 'ready'> | 'available' | 'attaching' | 'in-use' | 'detaching';

/** What a volume is, from its own state and its attachments. What is under way counts before what is. */
export function volumeStatus(
  { state }: Pick<Volume, 'state'>,
  attachments: readonly Pick<VolumeAttachment, 'state'>[],
): VolumeStatus {
  if (state !== 'ready') return state;
  const has = (wanted: VolumeAttachment['state']): boolean => attachments.some((one) => one.state === wanted);
  if (has('detaching')) return 'detaching';
  if (has('attaching')) return 'attaching';
  return has('attached') ? 'in-use' : 'available';
}

/** Ports that libvirt takes where none is told (https://libvirt.org/formatdomain.html#hard-drives-floppy-disks-cdroms). */
const defaultPorts: Readonly<Record<NetworkPlace['protocol'], number>> = {
  nbd: 10_809,
  iscsi: 3_260,
  rbd: 6_789,
};

const forms =
  'nbd://HOST[:PORT]/EXPORT, iscsi://HOST[:PORT]/IQN/LUN, rbd://MONITOR[:PORT][,MONITOR…]/POOL/IMAGE or rbd:POOL/IMAGE';

/** Reads where a disk on the network is; a text that says why it could not be read. Whom to name to the server is told elsewhere. */
export function parseVolumeSource(text: string): Omit<NetworkPlace, 'auth'> | string {
  const bare = /^rbd:(?!\/)(.+)$/.exec(text)?.[1];
  if (bare !== undefined) return named('rbd', [], bare);
  const found = /^(nbd|iscsi|rbd):\/\/([^/@\s]+)\/(.+)$/.exec(text);
  if (found === null) return `"${text}" is none of these forms: ${forms}`;
  const [, protocol, hosts, name] = found as unknown as [string, NetworkPlace['protocol'], string, string];
  const servers: string[] = [];
  for (const host of hosts.split(',')) {
    const server = serverOf(host, defaultPorts[protocol]);
    if (server === null) return `"${host}" is no HOST or HOST:PORT`;
    servers.push(server);
  }
  if (protocol !== 'rbd' && servers.length > 1)
    return `${protocol} has one server, and "${hosts}" names several`;
  return named(protocol, servers, name);
}

function named(
  protocol: NetworkPlace['protocol'],
  servers: readonly string[],
  name: string,
): Omit<NetworkPlace, 'auth'> | string {
  if (/[\s'"<>&]/.test(name)) return `"${name}" has characters that no name of a disk on the network has`;
  if (protocol === 'iscsi' && !/^[^/]+\/\d+$/.test(name))
    return `"${name}" is no IQN with the number of a unit: iqn.2026-01.example:disks/1`;
  if (protocol === 'rbd' && !/^[^/]+\/.+$/.test(name)) return `"${name}" is no POOL/IMAGE`;
  return { kind: 'network', protocol, name, servers };
}

/** An IPv6 address with a port stands in brackets, as in any URL. */
function serverOf(text: string, defaultPort: number): string | null {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) return null;
  const number = port === undefined ? defaultPort : Number(port);
  return number >= 1 && number <= 65_535 ? `${host}:${number}` : null;
}

/** Whether a disk of a guest is the volume of that place, on a host that the place is meant on. */
export function isAtPlace(
  { volume, network }: Pick<DiskFacts, 'volume' | 'network'>,
  place: VolumePlace,
): boolean {
  if (place.kind === 'pool') return volume?.pool === place.pool && volume.name === place.name;
  if (network === null || network.protocol !== place.protocol || network.name !== place.name) return false;
  const servers = network.servers.map((server) => withPort(server, place.protocol));
  return servers.toSorted().join() === place.servers.toSorted().join();
}

/** Whether two places are one. */
export function isSamePlace(one: VolumePlace, other: VolumePlace): boolean {
  if (one.kind === 'pool') return other.kind === 'pool' && one.pool === other.pool && one.name === other.name;
  if (other.kind === 'pool' || one.protocol !== other.protocol || one.name !== other.name) return false;
  return one.servers.toSorted().join() === other.servers.toSorted().join();
}

/** A definition may leave a usual port away. */
function withPort(server: string, protocol: NetworkPlace['protocol']): string {
  return /:\d+$/.test(server) || server.startsWith('unix:') ? server : `${server}:${defaultPorts[protocol]}`;
}
