import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import type { KnownCallers } from './known-callers.ts';

/** The id of a project by its name or id. Of projects that only a Keystone knows an id is taken as it is. */
export async function projectIdOf(
  { services: { store }, identity }: Pick<KnownCallers, 'identity'> & { readonly services: Services },
  name: string,
): Promise<string> {
  const found = (await store.projects.byName(name)) ?? (await store.projects.byId(name));
  if (found !== null) return found.id;
  if (identity.kind === 'keystone') return name;
  throw new Refusal('project-not-found', `There is no project "${name}".`);
}
