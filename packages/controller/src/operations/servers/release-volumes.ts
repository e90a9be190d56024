import { judgeDeletion, type PoolPlace, type VolumePlace } from '@ferry/model';
import type { StepContext } from '@ferry/workflow';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import { lookForUsers } from '../facts/files/look-for-users.ts';
import type { Services } from '../engine/services.ts';
import { followVolume, placeInGuest } from '../volumes/follow-volume.ts';
import type { DeleteInput } from './begin-delete.ts';

type Context<Output extends object = object> = StepContext<DeleteInput, Services, Output>;

/** What an instance's volumes are called on its host, by their ids. */
type SeenPlaces = Readonly<Record<string, VolumePlace>>;

/** Writes down where the volumes of the instance are, while its definition still tells. */
export async function seeVolumes({ services, input, signal }: Context): Promise<SeenPlaces> {
  const { instanceId, host } = input;
  const seen: Record<string, VolumePlace> = {};
  for (const { volume, attachments } of await services.store.catalogue.ofInstance(instanceId)) {
    const target = attachments.find((one) => one.instanceId === instanceId)?.target ?? '';
    seen[volume.id] = await placeInGuest(services, host.uri, instanceId, target, volume, { signal });
  }
  return seen;
}

/** Its volumes are others' to have; those that were to go with it are gone. */
export async function releaseVolumes(
  context: Context<{ readonly 'see-volumes': SeenPlaces | undefined }>,
): Promise<void> {
  const { services, input } = context;
  // The two steps came with one version: without the one, an operation does not come here.
  const places = context.output['see-volumes'] ?? {};
  for (const record of await services.store.catalogue.ofInstance(input.instanceId))
    await release(context, record, places[record.volume.id] ?? record.volume.place);
}

async function release(
  { services, input, signal }: Context,
  { volume, attachments }: VolumeRecord,
  place: VolumePlace,
): Promise<void> {
  const { store, hypervisor, limits } = services;
  const own = attachments.find((one) => one.instanceId === input.instanceId);
  if (own === undefined) return;
  const goes = own.deleteOnTermination && attachments.length === 1;
  // What Ferry did not make is only forgotten.
  if (goes && volume.made && place.kind === 'pool') {
    const { pools } = hypervisor.host(input.host.uri);
    await pools.ensureActive(place.pool, { signal });
    const kept = await whyKept(services, input, volume.id, place, signal);
    if (kept === null) await pools.ensureNoVolume(place.pool, place.name, { signal });
    else services.log.warn({ volume: volume.id, kept }, 'what is in a volume of a deleted instance stays');
  }
  const call = { signal, deadlineMs: limits.inspectMs };
  const change = goes ? null : await followVolume(services, volume, { host: input.host, place }, call);
  await store.attachments.release(own, goes ? 'forget' : change);
}

/** Who else has the file of a volume; null: nobody. Of a device nobody is asked: its pool removes it only where it is not open. */
async function whyKept(
  services: Services,
  { host: { id }, instanceId }: DeleteInput,
  volumeId: string,
  place: PoolPlace,
  signal: AbortSignal,
): Promise<string | null> {
  const host = await services.store.hosts.byId(id);
  if (host === null) throw new Error(`host ${id} of ${instanceId} is not in the store`);
  const path = await services.hypervisor.host(host.uri).pools.volumePath(place.pool, place.name, { signal });
  if (path === null || path.startsWith('/dev/') || !path.startsWith('/')) return null;
  const asking = { instanceId, migrationId: null, volumeId, anew: true } as const;
  const [naming] = await lookForUsers(services, host, [path], asking, { signal });
  const verdict = naming === undefined ? null : judgeDeletion(naming);
  return verdict?.kind === 'keep' ? verdict.because : null;
}
