import type { Host, Sighting } from '@ferry/model';
import { readHost } from './read-host.ts';
import type { Services } from '../engine/services.ts';

/** What each of these hosts shows of a domain now, all asked side by side. */
export async function observeOn(
  services: Services,
  hosts: readonly Host[],
  id: string,
): Promise<Map<string, Sighting>> {
  const call = { deadlineMs: services.limits.inspectMs };
  const sights = hosts.map(async (host) => {
    const sighting = await services.hypervisor.host(host.uri).domains.observe(id, call);
    return [host.id, sighting] as const;
  });
  return new Map(await Promise.all(sights));
}

/** As `observeOn`, of all hosts, each of which is first asked whether it is the one: another may answer at its address. */
export async function lookEverywhere(services: Services, id: string): Promise<Map<string, Sighting>> {
  const call = { deadlineMs: services.limits.inspectMs };
  const hosts = await services.store.hosts.list();
  const looks = hosts.map(async (host): Promise<[string, Sighting]> => {
    const reading = await readHost(services, host, call);
    if (reading.kind !== 'answers') return [host.id, { kind: 'unreachable', reason: reading.reason }];
    const seen = await observeOn(services, [host], id);
    return [host.id, seen.get(host.id) ?? { kind: 'unreachable', reason: 'no answer' }];
  });
  return new Map(await Promise.all(looks));
}
