import { type Caller, hasRole } from '@ferry/model';
import { networkId } from '../facts/network-id.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import type { NetworkWish } from './new-server.ts';

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
