import { randomUUID } from 'node:crypto';
import type { DiskFacts, Volume } from '@ferry/model';
import type { Services } from '../engine/services.ts';

/** Writes down that an instance had a volume when both became known: from then on it counts as attached. */
export async function noteFound(
  { store }: Services,
  instanceId: string,
  volume: Volume,
  disk: DiskFacts,
): Promise<void> {
  await store.attachments.found({
    id: randomUUID(),
    volumeId: volume.id,
    instanceId,
    target: disk.target,
    tag: null,
    deleteOnTermination: false,
    state: 'attached',
    found: true,
    createdAt: store.now(),
  });
}
