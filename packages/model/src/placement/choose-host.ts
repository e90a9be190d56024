import { type Host, whyTakesNone } from '../host/host.ts';
import type { GroupPlacement } from '../server-group/server-group.ts';
import type { Instance } from '../instance/instance.ts';

/** A host for an instance, and why every other one was left out. */
export interface HostChoice {
  /** Null when no host will do. */
  readonly host: Host | null;
  /** Why this one, or why none. */
  readonly because: string;
  readonly others: readonly { readonly host: Host; readonly because: string }[];
}

interface Candidate {
  readonly host: Host;
  readonly freeBytes: number;
  /** How much its server group wants it there. */
  readonly liked: number;
}

/**
 * The host with most free memory that can take the instance, among those that its server group likes most. `claimedBytes` is, by host id, memory promised to
 * migrations that are on their way. Hosts with the same free memory are taken by name, so that the choice does not
 * depend on the order of the list.
 */
export function chooseHost(
  instance: Instance,
  hosts: readonly Host[],
  claimedBytes: ReadonlyMap<string, number>,
  placementOf: (hostId: string) => GroupPlacement = anywhere,
): HostChoice {
  const candidates: Candidate[] = [];
  const others: { host: Host; because: string }[] = [];
  for (const host of hosts) {
    const free = freeMemory(host, claimedBytes);
    const placement = placementOf(host.id);
    const because = whyNot(host, instance, free) ?? (placement.kind === 'refused' ? placement.because : null);
    const liked = placement.kind === 'allowed' ? placement.preference : 0;
    if (because === null && free !== null) candidates.push({ host, freeBytes: free, liked });
    else others.push({ host, because: because ?? 'its facts are not known' });
  }
  const [best, ...rest] = candidates.toSorted(
    (a, b) => b.liked - a.liked || b.freeBytes - a.freeBytes || (a.host.name < b.host.name ? -1 : 1),
  );
  if (best === undefined) {
    const reasons = others.map((other) => `${other.host.name}: ${other.because}`).join('; ');
    return {
      host: null,
      because: reasons === '' ? 'there is no host' : `no host will do (${reasons})`,
      others,
    };
  }
  for (const { host, freeBytes, liked } of rest) {
    const because =
      liked < best.liked
        ? 'its server group likes it less there'
        : `it has less free memory: ${freeBytes} bytes`;
    others.push({ host, because });
  }
  return { host: best.host, because: `most free memory: ${best.freeBytes} bytes`, others };
}

/** Of an instance in no group. */
function anywhere(): GroupPlacement {
  return { kind: 'allowed', preference: 0 };
}

function freeMemory(host: Host, claimedBytes: ReadonlyMap<string, number>): number | null {
  return host.facts === null ? null : host.facts.memoryAvailableBytes - (claimedBytes.get(host.id) ?? 0);
}

function whyNot(host: Host, instance: Instance, freeBytes: number | null): string | null {
  if (host.id === instance.hostId) return 'the instance is there';
  if (host.service.state === 'down') return `it does not answer: ${host.service.reason}`;
  const closed = whyTakesNone(host);
  if (closed !== null) return closed;
  if (freeBytes === null) return 'its facts are not known';
  if (freeBytes < instance.memoryBytes) {
    return `it has ${freeBytes} bytes of free memory and ${instance.memoryBytes} are needed`;
  }
  return null;
}
