import { randomUUID } from 'node:crypto';
import type { Caller, PoolPlace, Volume } from '@ferry/model';
import type { VolumeUsage } from '../../store/storage/volume-work-store.ts';
import type { HostOfVolume } from '../create-volume/create-volume-input.ts';
import { refusalOf } from '../engine/host-error.ts';
import { quotasOf, whyOverQuota } from '../engine/quotas.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { volumeOfCaller } from '../volumes/find-volume.ts';
import type { ExtendVolumeInput } from './extend-volume-input.ts';

const gibibyte = 1024 ** 3;

/** Accepts that a volume becomes larger, or refuses it; gives the operation that is to be started. */
export async function submitExtendVolume(
  services: Services,
  caller: Caller,
  id: string,
  sizeGib: number,
): Promise<string> {
  const { store, limits } = services;
  const { volume, attachments } = await volumeOfCaller(services, caller, id);
  const place = requireExtendable(volume, attachments.length, sizeGib);
  const hosts = (await store.hosts.list()).filter((host) => volume.hostIds.includes(host.id));
  const [first] = hosts;
  if (first === undefined) throw new Refusal('host-not-found', `No host of volume ${id} is known any more.`);
  const room = await services.hypervisor
    .host(first.uri)
    .pools.room(place.pool, { deadlineMs: limits.inspectMs })
    .catch((error: unknown) => {
      throw refusalOf(error);
    });
  const quotas = quotasOf(limits.quotas, volume.projectId);
  const before = Math.ceil((volume.sizeBytes ?? 0) / gibibyte);
  const operationId = randomUUID();
  const input: ExtendVolumeInput = {
    volumeId: id,
    volumeName: volume.name,
    place,
    format: volume.format,
    toBytes: sizeGib * gibibyte,
    hosts: hosts.map(({ id: hostId, name, uri }): HostOfVolume => ({ id: hostId, name, uri })),
  };
  const taken = await store.volumeWork.beginExtend(
    volume,
    sizeGib * gibibyte - (volume.sizeBytes ?? 0),
    { id: operationId, workflow: 'extend-volume', input },
    {
      whyNotMore: ({ gigabytes }: VolumeUsage) =>
        whyOverQuota(quotas, { gigabytes }, { gigabytes: sizeGib - before }),
      capacityBytes: room?.capacityBytes ?? null,
    },
  );
  switch (taken.kind) {
    case 'taken':
      return operationId;
    case 'over-quota':
      throw new Refusal('quota-exceeded', `${taken.message}.`);
    case 'no-room':
      throw refused(`there is no room for ${sizeGib} GiB where volume ${id} is.`);
    case 'changed':
      throw refused(`volume ${id} changed meanwhile; ask again.`);
  }
}

function refused(why: string): Refusal {
  return new Refusal('volume-state', `Invalid volume: ${why}`);
}

/** In Cinder's words. */
function requireExtendable(volume: Volume, attached: number, sizeGib: number): PoolPlace {
  const { id, state, place, made, operationId } = volume;
  // One whose last extension came to nothing may be extended again.
  if ((state !== 'ready' && state !== 'error_extending') || operationId !== null)
    throw refused(`volume ${id} is ${state}, and must be available to be extended.`);
  if (attached > 0) throw refused(`volume ${id} is in-use, and must be available to be extended.`);
  if (!made || place.kind !== 'pool')
    throw refused(`volume ${id} was not made by Ferry, which extends only what it made.`);
  const now = Math.ceil((volume.sizeBytes ?? 0) / gibibyte);
  if (sizeGib <= now)
    throw refused(
      `new size for extend must be greater than current size. (current: ${now}, extended: ${sizeGib}).`,
    );
  return place;
}
