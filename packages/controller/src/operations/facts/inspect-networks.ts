import type { Call, HypervisorHost } from '@ferry/hypervisor';
import {
  type DomainFacts,
  type NetworkSettings,
  ownValue,
  type NetworkComparison,
  type HostNetworkFacts,
} from '@ferry/model';

type Kind = NetworkComparison['kind'];
type Seen = NetworkComparison['onTarget'];

/** Looks at what a guest is plugged into on both hosts side by side. What a host does not tell is null. */
export async function inspectNetworks(
  source: HypervisorHost | null,
  target: HypervisorHost | null,
  domain: DomainFacts | null,
  names: NetworkSettings['map'],
  call: Call,
): Promise<NetworkComparison[]> {
  const plugged = (domain?.interfaces ?? []).flatMap(
    ({ kind, source: name, virtualPort, mode, portGroup }) =>
      (kind === 'network' || kind === 'bridge' || kind === 'direct') && name !== null
        ? [{ kind, name, virtualPort, mode, portGroup }]
        : [],
  );
  const unique = new Map(plugged.map((one) => [JSON.stringify(one), one]));
  return Promise.all(
    [...unique.values()].map(async (one) => {
      const targetName = ownValue(names, one.name) ?? one.name;
      const [atSource, onTarget] = await Promise.all([
        see(source, one.kind, one.name, call),
        see(target, one.kind, targetName, call),
      ]);
      const wouldLack = onTarget === 'absent' ? await lackedBy(target, atSource, call) : [];
      return { ...one, targetName, atSource, onTarget, wouldLack };
    }),
  );
}

/** Devices that a network of the source leads through and the target does not have. */
async function lackedBy(target: HypervisorHost | null, atSource: Seen, call: Call): Promise<string[]> {
  if (atSource === null || atSource === 'absent') return [];
  const found = await Promise.all(
    atSource.through.map(async (name) => ({ name, there: await see(target, 'bridge', name, call) })),
  );
  return found.filter(({ there }) => there === 'absent').map(({ name }) => name);
}

async function see(host: HypervisorHost | null, kind: Kind, name: string, call: Call): Promise<Seen> {
  if (host === null) return null;
  const { networks } = host;
  const found: Promise<HostNetworkFacts | null> =
    kind === 'network' ? networks.network(name, call) : networks.device(name, call);
  return found.then(
    (facts) => facts ?? 'absent',
    () => null,
  );
}
