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
  const there = use === null ? [] : await store.hostServices.instancesOf(host.id);
  const names = there.slice(0, namedAtMost).map(({ domainName }) => domainName);
  const obstacle = use === null ? null : removeObstacle(host.name, { ...use, names });
  if (obstacle !== null) throw new Refusal('host-in-use', obstacle);
  await forgetConnections(services, host.uri);
  return host;
}
