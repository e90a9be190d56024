import type { VolumePlace } from '@ferry/model';
import { NothingMoved, type StepContext } from '@ferry/workflow';
import type { VolumeChange } from '../../store/storage/catalogue-store.ts';
import type { Services } from '../engine/services.ts';
import { followVolume, placeInGuest } from '../volumes/follow-volume.ts';
import type { DetachInput } from './detach-input.ts';

type Context<Output extends object = object> = StepContext<DetachInput, Services, Output>;

/** What the volume is called on the host of its guest; null for one that is not in the catalogue any more. */
export async function seePlace({ services, input, signal }: Context): Promise<VolumePlace | null> {
  const record = await services.store.catalogue.byId(input.volumeId);
  if (record === null) return null;
  const { instanceId, host, disk } = input;
  return placeInGuest(services, host.uri, instanceId, disk.target, record.volume, { signal });
}

/** The guest loses the disk. A guest that keeps it has lost nothing: it has it as before, now and at its next start. */
export async function takeDisk({ services, input, signal }: Context): Promise<void> {
  const { instanceId, disk, waitMs, host } = input;
  const { disks } = services.hypervisor.host(host.uri);
  const detached = await disks.ensureDetached(instanceId, disk, waitMs, { signal });
  if (detached.kind === 'kept') throw new NothingMoved('guest-keeps-disk', detached.why);
}

/** Where the volume is now that its guest does not carry it along any more; null: where it was. */
export async function followPlace({
  services,
  input,
  signal,
  output,
}: Context<{ readonly 'see-place': VolumePlace | null }>): Promise<VolumeChange | null> {
  const record = await services.store.catalogue.byId(input.volumeId);
  const place = output['see-place'];
  if (record === null || place === null) return null;
  const call = { signal, deadlineMs: services.limits.inspectMs };
  return followVolume(services, record.volume, { host: input.host, place }, call);
}
