import type { DiskFacts } from '../instance/domain-facts.ts';
import { defaultPorts } from './parse-volume-source.ts';
import type { NetworkPlace, VolumePlace } from './volume.ts';

/** Whether a disk of a guest is the volume of that place, on a host that the place is meant on. */
export function isAtPlace(
  { volume, network }: Pick<DiskFacts, 'volume' | 'network'>,
  place: VolumePlace,
): boolean {
  if (place.kind === 'pool') return volume?.pool === place.pool && volume.name === place.name;
  if (network === null || network.protocol !== place.protocol || network.name !== place.name) return false;
  const servers = network.servers.map((server) => withPort(server, place.protocol));
  return servers.toSorted().join() === place.servers.toSorted().join();
}

/** Whether two places are one. */
export function isSamePlace(one: VolumePlace, other: VolumePlace): boolean {
  if (one.kind === 'pool') return other.kind === 'pool' && one.pool === other.pool && one.name === other.name;
  if (other.kind === 'pool' || one.protocol !== other.protocol || one.name !== other.name) return false;
  return one.servers.toSorted().join() === other.servers.toSorted().join();
}

/** A definition may leave a usual port away. */
function withPort(server: string, protocol: NetworkPlace['protocol']): string {
  return /:\d+$/.test(server) || server.startsWith('unix:') ? server : `${server}:${defaultPorts[protocol]}`;
}
