import type { Call } from '@ferry/hypervisor';
import { type Host, isAtPlace, type Volume, type VolumePlace } from '@ferry/model';
import type { VolumeChange } from '../../store/storage/catalogue-store.ts';
import type { Services } from '../engine/services.ts';

/**
 * Where a volume is after its instance has moved to a host that was none of its: there, and on those of its former hosts that
 * still show it, as shared ones do. One that does not answer is left out: nobody is given the volume there until an operator
 * says that it is there. Null: as it was.
 */
export async function followVolume(
  services: Services,
  volume: Volume,
  at: { readonly host: Pick<Host, 'id' | 'name'>; readonly place: VolumePlace },
  call: Call,
): Promise<VolumeChange | null> {
  const { place } = at;
  if (place.kind !== 'pool' || volume.hostIds.includes(at.host.id)) return null;
  const hostIds = [at.host.id];
  for (const host of await services.store.hosts.list()) {
    if (!volume.hostIds.includes(host.id)) continue;
    try {
      const { pools } = services.hypervisor.host(host.uri);
      if ((await pools.pool(place.pool, call))?.active === true) await pools.ensureActive(place.pool, call);
      if ((await pools.volumePath(place.pool, place.name, call)) !== null) hostIds.push(host.id);
    } catch (error) {
      call.signal?.throwIfAborted();
      services.log.warn(
        { err: error, host: host.name, volume: volume.id },
        'a host does not tell of a volume',
      );
    }
  }
  return { hostIds, place };
}

/** What a volume is called by the guest that has it now: a move may have brought it to a pool of another name. */
export async function placeInGuest(
  { hypervisor }: Services,
  uri: string,
  instanceId: string,
  target: string,
  volume: Volume,
  call: Call,
): Promise<VolumePlace> {
  const facts = (await hypervisor.host(uri).domains.list(call)).find(({ id }) => id === instanceId);
  const disk = facts?.disks.find((one) => one.target === target);
  if (disk === undefined || disk.volume === null || isAtPlace(disk, volume.place)) return volume.place;
  return { kind: 'pool', pool: disk.volume.pool, name: disk.volume.name };
}
