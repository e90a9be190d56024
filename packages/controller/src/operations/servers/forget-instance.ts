import { holderOf, type Instance } from '@ferry/model';
import { findInstance } from '../engine/find-instance.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

/** Takes an instance out of Ferry's record; its domain and its files stay as they are, and it can be adopted again. */
export async function forgetInstance({ store }: Services, name: string): Promise<Instance> {
  const instance = await findInstance(store, name);
  const [volume] = await store.catalogue.ofInstance(instance.id);
  if (volume !== undefined)
    throw new Refusal(
      'instance-state',
      `${instance.name} has the volume ${volume.volume.name} of the catalogue: detach it first.`,
    );
  if (await store.deletions.forget(instance)) return instance;
  const now = await store.instances.byId(instance.id);
  const holder = now === null ? 'something else' : holderOf(now);
  throw new Refusal('instance-busy', `${instance.name} is held by ${holder}.`);
}
