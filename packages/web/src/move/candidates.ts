import type { HostBody, InstanceBody } from '@ferry/api';

/** A host that an instance could go to, before any host is asked. */
export interface Candidate {
  readonly host: HostBody;
  /** What of the records stands in the way; null: nothing. */
  readonly obstacle: 'source' | 'down' | 'maintenance' | 'disabled' | null;
}

/** All hosts, those first that are likely to take it: without an obstacle, of the source's zone, with most memory free. */
export function candidates(
  { hostId }: Pick<InstanceBody, 'hostId'>,
  hosts: readonly HostBody[],
): readonly Candidate[] {
  const zone = hosts.find(({ id }) => id === hostId)?.zone;
  const rank = ({ host, obstacle }: Candidate): number =>
    obstacle === null ? (host.zone === zone ? 0 : 1) : 2;
  const free = ({ host }: Candidate): number => host.facts?.memoryAvailableBytes ?? 0;
  return hosts
    .map((host) => ({ host, obstacle: obstacleOf(host, hostId) }))
    .toSorted((one, other) => rank(one) - rank(other) || free(other) - free(one));
}

function obstacleOf({ id, service, maintenance }: HostBody, hostId: string): Candidate['obstacle'] {
  if (id === hostId) return 'source';
  if (service.state === 'down') return 'down';
  if (maintenance !== null) return 'maintenance';
  return service.status === 'disabled' ? 'disabled' : null;
}
