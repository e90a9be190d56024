import type { Call } from '@ferry/hypervisor';
import { type DiskFacts, type DomainFacts, type Host, isAtPlace, type VolumePlace } from '@ferry/model';
import type { Services } from '../engine/services.ts';

/** A domain of a host that has a volume, whoever looks after the domain. */
export interface VolumeUser {
  readonly host: Host;
  readonly domain: DomainFacts;
  readonly disk: DiskFacts;
}

/** The domains of a host that have the volume of a place, by the pool's name or by the path of its file. Throws what the host throws. */
export async function domainsWithVolume(
  { hypervisor }: Services,
  host: Host,
  place: VolumePlace,
  call: Call,
): Promise<VolumeUser[]> {
  const { domains, pools } = hypervisor.host(host.uri);
  const path = place.kind === 'pool' ? await pools.volumePath(place.pool, place.name, call) : null;
  const has = (disk: DiskFacts): boolean => isAtPlace(disk, place) || (path !== null && disk.path === path);
  return (await domains.list(call)).flatMap((domain) =>
    domain.disks.filter(has).map((disk) => ({ host, domain, disk })),
  );
}
