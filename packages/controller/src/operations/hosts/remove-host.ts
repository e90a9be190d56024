import { type Host, removeObstacle } from '@ferry/model';
import { forgetConnections } from './add-host.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

const namedAtMost = 5;

/** Looks after a host no more; nothing on it is touched. Refused while instances are recorded there, or migrations are under way. */
export async function removeHost(services: Services, name: string): Promise<Host> {
  const { store } = services;
  const host = await store.hosts.byNameOrId(name);
  if (host === null) throw new Refusal('host-not-found', `There is no host "${name}".`);
  const use = await store.hosts.remove(host, new Date().toISOString());
  const obstacle = use === null ? null : removeObstacle(host.name, use);
  if (obstacle !== null) {
    const there = await store.hostServices.instancesOf(host.id);
    throw new Refusal('host-in-use', `${obstacle}${firstOf(there.map(({ domainName }) => domainName))}`);
  }
  await forgetConnections(services, host.uri);
  return host;
}

/** The first few by name, as a sentence; nothing where there are none. */
function firstOf(names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length > namedAtMost ? ', …' : '';
  return ` Recorded there: ${names.slice(0, namedAtMost).join(', ')}${more}.`;
}
