import { randomUUID } from 'node:crypto';
import type { VolumeAttachment } from '@ferry/model';
import type { Asked } from '../../store/operations/action-store.ts';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { instanceForVolumes } from '../volumes/instance-for-volumes.ts';
import { untilTaken } from '../volumes/until-taken.ts';
import type { DetachInput } from './detach-input.ts';

/** How long a guest that runs may take to let go of a disk: Nova's `device_detach_attempts`, 8, of `device_detach_timeout`, 20 s. */
const waitMs = 160_000;

/** Accepts the detaching of a volume, or refuses it. Accepting is one transaction. Gives the operation's id. */
export function submitDetach(
  services: Services,
  asked: Asked,
  instanceId: string,
  volumeId: string,
): Promise<string> {
  return untilTaken(instanceId, () => tryDetach(services, asked, instanceId, volumeId));
}

async function tryDetach(
  services: Services,
  asked: Asked,
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
