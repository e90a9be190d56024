import { NothingMoved, type RunResult, type StepContext, workflow } from '@ferry/workflow';
import type { Services } from '../engine/services.ts';
import type { MeantDisk } from '@ferry/hypervisor';
import type { VolumeAttachment, VolumePlace } from '@ferry/model';
import type { VolumeChange, VolumeRecord } from '../../store/storage/catalogue-store.ts';
import { followVolume, placeInGuest } from './follow-volume.ts';
import type { Store } from '../../store/store.ts';
import { conclude, type Conclusion } from '../engine/conclude.ts';
import { randomUUID } from 'node:crypto';
import type { RequestContext } from '../../store/operations/action-store.ts';
import { Refusal } from '../engine/refusal.ts';
import { instanceForVolumes, untilTaken } from './instance-for-volumes.ts';

const minute = 60_000;

/** One volume leaves one instance: as soon as the guest has let go of it, it only goes forward. */
export const detachVolumeWorkflow = workflow<DetachInput, Services>('detach-volume')
  .step({
    name: 'see-place',
    why: 'a move may have brought it to a pool of another name, which only the guest tells',
    deadlineMs: minute,
    do: seePlace,
  })
  .pivot({ name: 'take-disk', deadlineMs: 5 * minute, do: takeDisk })
  .step({
    name: 'follow-place',
    why: 'the next instance is given it only where it is',
    deadlineMs: minute,
    do: followPlace,
  })
  .build();

/** What the detaching of a volume works from. It stands in the log, so it is plain data. */
export interface DetachInput {
  readonly instanceId: string;
  readonly instanceName: string;
  readonly host: { readonly id: string; readonly name: string; readonly uri: string };
  readonly volumeId: string;
  readonly volumeName: string;
  readonly disk: MeantDisk;
  /** How long a guest that runs may take to let go of it, milliseconds. */
  readonly waitMs: number;
}

type Context<Output extends object = object> = StepContext<DetachInput, Services, Output>;

/** What the volume is called on the host of its guest; null for one that is not in the catalogue any more. */
async function seePlace({ services, input, signal }: Context): Promise<VolumePlace | null> {
  const record = await services.store.catalogue.byId(input.volumeId);
  if (record === null) return null;
  const { instanceId, host, disk } = input;
  return placeInGuest(services, host.uri, instanceId, disk.target, record.volume, { signal });
}

/** The guest loses the disk. A guest that keeps it has lost nothing: it has it as before, now and at its next start. */
async function takeDisk({ services, input, signal }: Context): Promise<void> {
  const { instanceId, disk, waitMs, host } = input;
  const { disks } = services.hypervisor.host(host.uri);
  const detached = await disks.ensureDetached(instanceId, disk, waitMs, { signal });
  if (detached.kind === 'kept') throw new NothingMoved('guest-keeps-disk', detached.why);
}

/** Where the volume is now that its guest does not carry it along any more; null: where it was. */
async function followPlace({
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

/** Writes down whether the instance has let go of the volume, and frees both. Doing it twice changes nothing. */
export function concludeDetach(
  store: Store,
  id: string,
  { instanceId, instanceName, volumeId, volumeName, disk }: DetachInput,
  result: RunResult<{ readonly 'follow-place': VolumeChange | null }>,
): Promise<Conclusion> {
  return conclude(store, id, result, {
    done: (output) => {
      const change = output['follow-place'];
      const volume = change === null ? null : { id: volumeId, change };
      return store.attachments.endDetached(id, instanceId, null, volume);
    },
    undone: (failure) =>
      store.attachments.endAttached(id, instanceId, {
        message: `${volumeName} stays attached as /dev/${disk.target}: ${failure.message}.`,
        remedy: `Have the guest ${instanceName} end its use of the disk (umount), or shut it off; then detach it again.`,
      }),
  });
}

/** How long a guest that runs may take to let go of a disk: Nova's `device_detach_attempts`, 8, of `device_detach_timeout`, 20 s. */
const waitMs = 160_000;

/** Accepts the detaching of a volume, or refuses it. Accepting is one transaction. Gives the operation's id. */
export function submitDetach(
  services: Services,
  asked: RequestContext,
  instanceId: string,
  volumeId: string,
): Promise<string> {
  return untilTaken(instanceId, () => tryDetach(services, asked, instanceId, volumeId));
}

async function tryDetach(
  services: Services,
  asked: RequestContext,
  instanceId: string,
  volumeId: string,
): Promise<string | null> {
  const { store } = services;
  await attachmentOf(services, instanceId, volumeId);
  const states = ['active', 'stopped'] as const;
  const { instance, host } = await instanceForVolumes(services, instanceId, 'detach_volume', states);
  // Another request may have detached it while this one waited for its turn.
  const { volume, attachment } = await attachmentOf(services, instanceId, volumeId);
  const server = await store.servers.byId(instanceId);
  if (server?.devices?.rootDevice === `/dev/${attachment.target}`)
    throw new Refusal('volume-state', 'Cannot detach a root device volume');
  const operationId = randomUUID();
  const input: DetachInput = {
    instanceId: instance.id,
    instanceName: instance.name,
    host: { id: host.id, name: host.name, uri: host.uri },
    volumeId,
    volumeName: volume.name,
    disk: { target: attachment.target, serial: attachment.found ? null : volumeId },
    waitMs,
  };
  const taken = await store.attachments.beginDetach(instance, attachment, {
    operationId,
    workflow: 'detach-volume',
    input,
    taskState: 'detaching_volume',
    action: {
      asked: { requestId: asked.requestId, userId: asked.userId, projectId: asked.projectId },
      instanceId: instance.id,
      operationId,
      action: 'detach_volume',
      event: 'compute_detach_volume',
      host: host.name,
    },
  });
  return taken.kind === 'taken' ? operationId : null;
}

/** In Nova's words, where there is none. */
export async function attachmentOf(
  { store }: Services,
  instanceId: string,
  volumeId: string,
): Promise<{ readonly volume: VolumeRecord['volume']; readonly attachment: VolumeAttachment }> {
  const record = await store.catalogue.byId(volumeId);
  const attachment = record?.attachments.find((one) => one.instanceId === instanceId);
  if (record !== null && attachment !== undefined) return { volume: record.volume, attachment };
  throw new Refusal(
    'volume-not-attached',
    `Instance ${instanceId} is not attached to volume ${volumeId}${record === null ? ' of the catalogue' : ''}.`,
  );
}
