import type { Instance } from '@ferry/model';
import type { Store } from '../../store/store.ts';
import { Refusal } from './refusal.ts';

/** The one instance of that name or id; refuses when there is none or more than one. */
export async function findInstance(store: Store, nameOrId: string): Promise<Instance> {
  const [first, ...more] = await store.instances.byNameOrId(nameOrId);
  if (first === undefined) {
    const known = (await store.instances.list()).map((one) => one.name);
    const list = known.length === 0 ? 'none is adopted yet' : `there are: ${known.slice(0, 10).join(', ')}`;
    throw new Refusal('instance-not-found', `There is no instance "${nameOrId}"; ${list}.`);
  }
  if (more.length > 0) {
    const ids = [first, ...more].map((one) => one.id).join(', ');
    throw new Refusal('name-ambiguous', `${more.length + 1} instances are named "${nameOrId}": ${ids}.`);
  }
  return first;
}
