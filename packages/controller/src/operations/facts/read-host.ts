import type { Call, HypervisorHost } from '@ferry/hypervisor';
import type { Host, HostFacts } from '@ferry/model';
import type { Services } from '../engine/services.ts';

/**
 * A host as it is now: with its facts, where it answers, and the way to ask more. `stranger`: another host answers at
 * its address, which counts as silence: what that one says is said of another machine.
 */
export type HostReading =
  | {
      readonly kind: 'answers';
      readonly host: Host;
      readonly facts: HostFacts;
      readonly hypervisor: HypervisorHost;
    }
  | { readonly kind: 'silent' | 'stranger'; readonly host: Host; readonly reason: string };

/**
 * Asks a host for its facts, and whether it is the one: addresses and names are given anew, a host's uuid is its own. All
 * that looks at a host before it judges or acts does it by this. Never rejects; the host's service state is as was seen.
 */
export async function readHost(
  { hypervisor, hostUris }: Pick<Services, 'hypervisor' | 'hostUris'>,
  host: Host,
  call: Call,
): Promise<HostReading> {
  const why = hostUris.whyNotHost(host);
  if (why !== null) return silent('silent', host, why);
  try {
    const there = hypervisor.host(host.uri);
    const facts = await there.facts(call);
    if (facts.hostUuid !== host.id) return silent('stranger', host, strangerReason(host, facts));
    const service = { ...host.service, state: 'up' as const, reason: '' };
    return { kind: 'answers', host: { ...host, service, facts }, facts, hypervisor: there };
  } catch (error) {
    return silent('silent', host, error instanceof Error ? error.message : String(error));
  }
}

function strangerReason({ uri, id, name }: Host, { hostUuid, hostname }: HostFacts): string {
  return `another host answers at ${uri}: ${hostname} with the uuid ${hostUuid}, and ${name} has ${id}. See which machine has that address; if ${name} itself has got another uuid, set host_uuid in its libvirtd.conf back to ${id}`;
}

function silent(kind: 'silent' | 'stranger', host: Host, reason: string): HostReading {
  const service = { ...host.service, state: 'down' as const, reason: reason === '' ? 'no answer' : reason };
  return { kind, host: { ...host, service }, reason: service.reason };
}
