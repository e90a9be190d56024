import { type MoveContext, setPhase, sourceOf } from '../context/move-context.ts';
import { storageInUse } from '../facts/storage/storage-in-use.ts';

/**
 * Takes away at the source, once the instance has moved, what migrations brought there for it and nobody else uses: pools and
 * secrets. What was there by itself is never touched.
 */
export async function releaseSourceStorage(context: MoveContext): Promise<void> {
  const { input, services } = context;
  const brought = await services.store.broughtStorage.brought(input.source.id);
  const pools = new Set(input.storage.pools.map(({ name }) => name));
  const secrets = new Set(input.storage.secrets.map(({ uuid }) => uuid));
  const mine = brought.filter(({ kind, name }) => (kind === 'pool' ? pools : secrets).has(name));
  if (mine.length === 0) return;
  const call = { signal: context.signal };
  const here = sourceOf(context);
  await services.hostChanges.with(input.source.uri, async () => {
    const used = await storageInUse(context, input.source, call);
    for (const volume of mine) {
      if ((volume.kind === 'pool' ? used.pools : used.secrets).has(volume.name)) continue;
      await setPhase(context, `take the ${volume.kind} ${volume.name} away from ${input.source.name}`);
      if (volume.kind === 'pool') {
        await here.pools.ensureInactive(volume.name, call);
        await here.pools.ensureUndefined(volume.name, call);
      } else {
        await here.secrets.ensureUndefined(volume.name, call);
      }
      await services.store.broughtStorage.forget(volume);
    }
  });
}
