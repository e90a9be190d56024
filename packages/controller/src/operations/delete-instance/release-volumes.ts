import type { VolumePlace } from '@ferry/model';
import type { StepContext } from '@ferry/workflow';
import type { VolumeRecord } from '../../store/catalogue-store.ts';
import type { Services } from '../shared/services.ts';
import { followVolume, placeInGuest } from '../volumes/follow-volume.ts';
import type { DeleteInput } from './delete-input.ts';

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
    await pools.ensureNoVolume(place.pool, place.name, { signal });
  }
  const call = { signal, deadlineMs: limits.inspectMs };
  const change = goes ? null : await followVolume(services, volume, { host: input.host, place }, call);
  await store.attachments.release(own, goes ? 'forget' : change);
}
