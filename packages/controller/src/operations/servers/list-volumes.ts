import { createHash } from 'node:crypto';
import type { DiskFacts } from '@ferry/model';
import { refusalOf } from '../shared/host-error.ts';
import { Refusal } from '../shared/refusal.ts';
import type { Services } from '../shared/services.ts';

/** A disk of a guest that is a volume: of a storage pool, or on the network. */
export interface ServerVolume {
  /** A UUID that follows from where the volume is: the same for every guest that has it. */
  readonly volumeId: string;
  /** As the guest names it, `/dev/vda`. */
  readonly device: string;
}

/** The volumes of a guest as its host has them now. Files that are named by their path are no volumes. */
export async function listVolumes(
  { store, hypervisor, limits }: Services,
  id: string,
): Promise<ServerVolume[]> {
  const instance = await store.instances.byId(id);
  const host = instance === null ? null : await store.hosts.byId(instance.hostId);
  if (host === null) throw new Refusal('instance-not-found', `There is no instance "${id}".`);
  const call = { deadlineMs: limits.inspectMs };
  try {
    const found = (await hypervisor.host(host.uri).domains.list(call)).find((domain) => domain.id === id);
    return (found?.disks ?? []).flatMap((disk) => {
      const place = placeOf(disk);
      return place === null ? [] : [{ volumeId: idOf(place), device: `/dev/${disk.target}` }];
    });
  } catch (error) {
    throw refusalOf(error);
  }
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
