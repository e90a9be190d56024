import type { Caller, Flavor, Keypair, ServerGroupPolicy } from '@ferry/model';
import type { NewFlavor } from '../../operations/flavors/flavors.ts';
import type { MadeKeypair, NewKeypair } from '../../operations/keypairs/keypairs.ts';
import type { GroupWithMembers } from '../../operations/server-groups/server-groups.ts';

/** What the pages of flavors can ask for. */
interface FlavorControls {
  list(caller: Caller): Promise<Flavor[]>;
  flavor(caller: Caller, id: string): Promise<Flavor>;
  create(flavor: NewFlavor): Promise<Flavor>;
  change(id: string, change: (flavor: Flavor) => Flavor): Promise<Flavor>;
  remove(id: string): Promise<void>;
}

/** What the pages of keypairs can ask for. */
interface KeypairControls {
  list(userId: string): Promise<Keypair[]>;
  keypair(userId: string, name: string): Promise<Keypair>;
  add(keypair: NewKeypair): Promise<MadeKeypair>;
  remove(userId: string, name: string): Promise<void>;
}

/** What the pages of server groups can ask for. */
interface ServerGroupControls {
  /** Of a project. */
  count(projectId: string): Promise<number>;
  list(caller: Caller, all: boolean): Promise<GroupWithMembers[]>;
  group(caller: Caller, id: string): Promise<GroupWithMembers>;
  create(
    caller: Caller,
    group: {
      readonly name: string;
      readonly policy: ServerGroupPolicy;
      readonly maxPerHost: number | null;
    },
  ): Promise<GroupWithMembers>;
  remove(caller: Caller, id: string): Promise<void>;
}

/** What instances are created from and with. */
export interface CreateControls {
  readonly flavors: FlavorControls;
  readonly keypairs: KeypairControls;
  readonly serverGroups: ServerGroupControls;
}
