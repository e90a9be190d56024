import { type Caller, hasRole } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { networkId } from '../facts/network-id.ts';

/** What an instance is to be plugged into: networks by id or name; `auto`: the only one there is; `none`: nothing. */
export type NetworkWish = 'auto' | 'none' | readonly string[];

/** An instance, or several alike, that somebody wants. */
export interface NewServer {
  readonly name: string;
  readonly imageId: string;
  readonly flavorId: string;
  readonly networks: NetworkWish;
  /** Names or ids. */
  readonly securityGroups: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly description: string | null;
  /** The guest's own name; null: made of its name. */
  readonly hostname: string | null;
  readonly keyName: string | null;
  /** By which addresses its owner says that it is reached. */
  readonly accessIpv4: string | null;
  readonly accessIpv6: string | null;
  /** Base64. */
  readonly userData: string | null;
  readonly configDrive: boolean;
  /** What the guest is told to take as its administrator's password; null: none. */
  readonly adminPassword: string | null;
  /** Null: any. */
  readonly zone: string | null;
  /** Host by name, as an administrator says; null: any. */
  readonly host: string | null;
  readonly hints: {
    /** Id of a server group. */
    readonly group: string | null;
    /** Ids of instances that it is to be with, and without. */
    readonly sameHost: readonly string[];
    readonly differentHost: readonly string[];
  };
  /** As many as fit, at least and at most. */
  readonly minCount: number;
  readonly maxCount: number;
}

/**
 * Names of what an instance is to be plugged into. An id is one of a network of the hypervisors, as the network API tells
 * it; any other word is a name, of such a network, or of an administrator that of a bridge: a member on a bridge of the hosts
 * would be on whatever that leads to.
 */
export async function chooseNetworks(
  { store }: Services,
  caller: Caller,
  wish: NetworkWish,
): Promise<string[]> {
  if (wish === 'none') return [];
  const known = (await store.hosts.list()).flatMap(({ facts }) => facts?.networks ?? []);
  const names = [...new Set(known.map(({ name }) => name))].toSorted();
  if (wish !== 'auto') {
    const chosen = wish.map((one) => names.find((name) => networkId(name) === one) ?? one);
    const unknown = chosen.filter((name) => !names.includes(name));
    if (unknown.length > 0 && !hasRole(caller, 'admin'))
      throw new Refusal(
        'server-refused',
        unknown.map((name) => `Network ${name} could not be found.`).join(' '),
      );
    return chosen;
  }
  const active = names.filter((name) => known.some((one) => one.name === name && one.active));
  if (active.length > 1)
    throw new Refusal(
      'network-ambiguous',
      `Multiple possible networks found, use a Network ID to be more specific: there are ${active.join(', ')}.`,
    );
  return active;
}
