import type { GroupMember } from './group-placement.ts';
import type { ServerGroup } from './server-group.ts';

/** The group of an instance that moves, and where its other members are. */
export interface GroupOfInstance {
  readonly group: ServerGroup;
  readonly others: readonly GroupMember[];
  /** Names of hosts by id. */
  readonly hostNames: Readonly<Record<string, string>>;
}
