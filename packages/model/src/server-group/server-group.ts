/** Where members of a group may be, of each other: what is not `soft` is held, the others are tried. */
export type ServerGroupPolicy = 'affinity' | 'anti-affinity' | 'soft-affinity' | 'soft-anti-affinity';
export const serverGroupPolicies: readonly ServerGroupPolicy[] = [
  'affinity',
  'anti-affinity',
  'soft-affinity',
  'soft-anti-affinity',
];

/** Instances that are placed with regard to each other. */
export interface ServerGroup {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly userId: string;
  readonly policy: ServerGroupPolicy;
  /** Of `anti-affinity`: so many members may share a host; null: one. */
  readonly maxPerHost: number | null;
  readonly createdAt: string;
}

/** Another member of a group and where it is; of one that is moving, where it comes to as well. */
export interface GroupMember {
  readonly name: string;
  readonly hostIds: readonly string[];
}

/** The group of an instance that moves, and where its other members are. */
export interface GroupOfInstance {
  readonly group: ServerGroup;
  readonly others: readonly GroupMember[];
  /** Names of hosts by id. */
  readonly hostNames: Readonly<Record<string, string>>;
}

/** What a group says of one host: it must not be, or how much it is wanted. */
export type GroupPlacement =
  | { readonly kind: 'refused'; readonly because: string }
  /** Greater is better; 0 where it is no matter. */
  | { readonly kind: 'allowed'; readonly preference: number };

/**
 * Judges a host for one more member of a group, by where the others are. `nameOf` tells a host by its name.
 * Affinity has all on one host: the first member is free to be anywhere.
 */
export function groupPlacement(
  group: Pick<ServerGroup, 'name' | 'policy' | 'maxPerHost'>,
  others: readonly GroupMember[],
  hostId: string,
  nameOf: (hostId: string) => string,
): GroupPlacement {
  const here = others.filter(({ hostIds }) => hostIds.includes(hostId));
  switch (group.policy) {
    case 'affinity': {
      const elsewhere = others.filter(({ hostIds }) => !hostIds.includes(hostId));
      if (elsewhere.length === 0) return { kind: 'allowed', preference: here.length };
      const where = elsewhere.map(({ name, hostIds }) => `${name} on ${hostIds.map(nameOf).join(' and ')}`);
      return {
        kind: 'refused',
        because: `the members of server group ${group.name} are on one host (affinity), and there is ${where.join(', ')}`,
      };
    }
    case 'anti-affinity': {
      const most = group.maxPerHost ?? 1;
      if (here.length < most) return { kind: 'allowed', preference: 0 };
      const names = here.map(({ name }) => name).join(', ');
      return {
        kind: 'refused',
        because: `server group ${group.name} allows ${most} of its members on a host (anti-affinity), and ${names} is there`,
      };
    }
    case 'soft-affinity':
      return { kind: 'allowed', preference: here.length };
    case 'soft-anti-affinity':
      return { kind: 'allowed', preference: 0 - here.length };
  }
}
