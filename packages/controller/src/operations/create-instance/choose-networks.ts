import { networkId } from '../shared/network-id.ts';
import { Refusal } from '../shared/refusal.ts';
import type { Services } from '../shared/services.ts';
import type { NetworkWish } from './new-server.ts';

/**
 * Names of what an instance is to be plugged into. An id is one of a network of the hypervisors, as the network API tells
 * it; any other word is a name, of such a network or of a bridge.
 */
export async function chooseNetworks({ store }: Services, wish: NetworkWish): Promise<string[]> {
  if (wish === 'none') return [];
  const known = (await store.hosts.list()).flatMap(({ facts }) => facts?.networks ?? []);
  const names = [...new Set(known.map(({ name }) => name))].toSorted();
  if (wish !== 'auto') return wish.map((one) => names.find((name) => networkId(name) === one) ?? one);
  const active = names.filter((name) => known.some((one) => one.name === name && one.active));
  if (active.length > 1)
    throw new Refusal(
      'network-ambiguous',
      `Multiple possible networks found, use a Network ID to be more specific: there are ${active.join(', ')}.`,
    );
  return active;
}
