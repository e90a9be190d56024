import { type MoveContext, setPhase } from '../../context/move-context.ts';
import { removeImage } from './remove-image.ts';
import { Refusal } from '../../engine/refusal.ts';

/**
 * After a move away: takes base images away that Ferry brought to the source and that nothing uses any more, where an
 * operator set that for the host. What cannot be told stays, and is no matter of the move.
 */
export async function removeUnusedImages(context: MoveContext): Promise<void> {
  const { services, input, signal } = context;
  const source = await services.store.hosts.byId(input.source.id);
  if (source === null || !source.removeUnusedImages) return;
  const brought = (await services.store.baseImages.list(source.id)).filter((image) => image.brought !== null);
  if (brought.length === 0) return;
  await setPhase(context, `clean up on ${source.name}: base images that nothing uses any more`);
  for (const { path } of brought) {
    try {
      const why = `nothing uses it since migration ${input.migrationId} (${input.instanceName})`;
      await removeImage(services, source, path, {
        why,
        brought: true,
        signal,
        migrationId: input.migrationId,
      });
      await services.store.migrations.setKept(input.migrationId, { host: source.name, path }, null);
    } catch (error) {
      signal.throwIfAborted();
      const level = error instanceof Refusal ? 'info' : 'warn';
      services.log[level]({ err: error, path, host: source.name }, 'a base image stays');
    }
  }
}
