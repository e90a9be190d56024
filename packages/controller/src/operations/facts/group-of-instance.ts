import type { GroupOfInstance, Host, Instance } from '@ferry/model';
import type { Store } from '../../store/store.ts';

/**
 * The server group of an instance with where its other members are; null: it is in none. `goesWith`: members that a plan moves
 * to the same host as it; affinity holds of them when all have moved, and keeps none from going first.
 */
export async function groupOfInstance(
  { serverGroups }: Store,
  hosts: readonly Host[],
  instance: Instance,
  goesWith: readonly string[] = [],
): Promise<GroupOfInstance | null> {
  const group = await serverGroups.ofInstance(instance.id);
  if (group === null) return null;
  const members = await serverGroups.members(group.id);
  return {
    group,
    others: members.filter(
      ({ id }) => id !== instance.id && !(group.policy === 'affinity' && goesWith.includes(id)),
    ),
    hostNames: Object.fromEntries(hosts.map(({ id, name }) => [id, name])),
  };
}
