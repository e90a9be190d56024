import { createHash } from 'node:crypto';
import { type Caller, type DiskFacts, hasRole, type VolumeAttachment } from '@ferry/model';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import { refusalOf } from '../engine/host-error.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

/** The volume of that id that a caller may see: its own project's, or any for an administrator. */
export async function volumeOfCaller({ store }: Services, caller: Caller, id: string): Promise<VolumeRecord> {
  const record = await store.catalogue.byId(id);
  if (record !== null && (record.volume.projectId === caller.projectId || hasRole(caller, 'admin')))
    return record;
  throw new Refusal('volume-not-found', `Volume ${id} could not be found.`);
}

/** Those that a caller sees: its project's, or all for an administrator that asks for them. */
export function volumesOfCaller({ store }: Services, caller: Caller, all: boolean): Promise<VolumeRecord[]> {
  return store.catalogue.list(all && hasRole(caller, 'admin') ? null : (caller.projectId ?? ''));
}

/** The volume of that id or name, whoever's it is. */
export async function volumeNamed({ store }: Services, nameOrId: string): Promise<VolumeRecord> {
  const byId = await store.catalogue.byId(nameOrId);
  if (byId !== null) return byId;
  const [found, ...more] = (await store.catalogue.list()).filter(({ volume }) => volume.name === nameOrId);
  if (found === undefined) throw new Refusal('volume-not-found', `There is no volume "${nameOrId}".`);
  if (more.length > 0) {
    const ids = [found, ...more].map(({ volume }) => volume.id).join(', ');
    throw new Refusal('name-ambiguous', `Several volumes have the name "${nameOrId}": ${ids}.`);
  }
  return found;
}

/** A disk of a guest that is a volume: of the catalogue, or of a storage pool, or on the network. */
export interface ServerVolume {
  /** Its id in the catalogue; of one that is not in it a UUID that follows from where it is: the same for every guest that has it. */
  readonly volumeId: string;
  /** The attachment's; of one that is not in the catalogue the volume's. */
  readonly attachmentId: string;
  /** As the guest names it, `/dev/vda`. */
  readonly device: string;
  readonly tag: string | null;
  readonly deleteOnTermination: boolean;
}

/** Volumes of the catalogue that a guest has, and others as its host has them now. Files that are named by their path are no volumes. */
export async function listVolumes(
  { store, hypervisor, limits }: Services,
  id: string,
): Promise<ServerVolume[]> {
  const instance = await store.instances.byId(id);
  const host = instance === null ? null : await store.hosts.byId(instance.hostId);
  if (host === null) throw new Refusal('instance-not-found', `There is no instance "${id}".`);
  const own = (await store.catalogue.ofInstance(id)).flatMap(({ attachments }) =>
    attachments.filter(({ instanceId }) => instanceId === id).map(serverVolumeOf),
  );
  const call = { deadlineMs: limits.inspectMs };
  try {
    const found = (await hypervisor.host(host.uri).domains.list(call)).find((domain) => domain.id === id);
    const others = (found?.disks ?? []).flatMap((disk) => otherVolumeOf(disk) ?? []);
    const known = new Set(own.map(({ device }) => device));
    return [...own, ...others.filter(({ device }) => !known.has(device))];
  } catch (error) {
    throw refusalOf(error);
  }
}

/** A volume of the catalogue as a server has it. */
export function serverVolumeOf(attachment: VolumeAttachment): ServerVolume {
  const { id, volumeId, target, tag, deleteOnTermination } = attachment;
  return { volumeId, attachmentId: id, device: `/dev/${target}`, tag, deleteOnTermination };
}

function otherVolumeOf(disk: DiskFacts): ServerVolume | null {
  const place = placeOf(disk);
  if (place === null) return null;
  const volumeId = idOf(place);
  const device = `/dev/${disk.target}`;
  return { volumeId, attachmentId: volumeId, device, tag: null, deleteOnTermination: false };
}

function placeOf({ volume, network }: DiskFacts): string | null {
  if (volume !== null) return `pool ${volume.pool} ${volume.name}`;
  return network === null ? null : `${network.protocol} ${network.servers.join(',')} ${network.name}`;
}

/** Version 8 of RFC 9562: made by a rule of Ferry's own. */
function idOf(place: string): string {
  const hex = createHash('sha256').update(`ferry volume ${place}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
