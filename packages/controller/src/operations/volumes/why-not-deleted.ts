import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import type { Services } from '../engine/services.ts';

/** What keeps a volume from being deleted as the catalogue has it; null: nothing. */
export async function whyNotDeleted(
  { store }: Services,
  { volume, attachments }: VolumeRecord,
): Promise<{ readonly code: 'volume-in-use' | 'volume-state'; readonly message: string } | null> {
  const which = `Volume ${volume.name} (${volume.id})`;
  if (attachments.length > 0) {
    const users = attachments.map(async ({ instanceId, target }) => {
      const instance = await store.instances.byId(instanceId);
      return `${instance?.name ?? instanceId} has it as /dev/${target}`;
    });
    return {
      code: 'volume-in-use',
      message: `${which} is attached: ${(await Promise.all(users)).join(', ')}.`,
    };
  }
  if (volume.operationId === null) return null;
  return {
    code: 'volume-state',
    message: `${which} is ${volume.state}, and operation ${volume.operationId} has it.`,
  };
}
