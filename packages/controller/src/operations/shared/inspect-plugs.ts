import type { Call, HypervisorHost } from '@ferry/hypervisor';
import type { DomainFacts, NetworkSettings, PlugComparison, PlugFacts } from '@ferry/model';

type Kind = PlugComparison['kind'];
type Seen = PlugComparison['onTarget'];

/** Looks at what a guest is plugged into on both hosts side by side. What a host does not tell is null. */
export async function inspectPlugs(
  source: HypervisorHost | null,
  target: HypervisorHost | null,
  domain: DomainFacts | null,
  names: NetworkSettings['map'],
  call: Call,
): Promise<PlugComparison[]> {
  const plugged = (domain?.interfaces ?? []).flatMap(({ kind, source: name, virtualPort }) =>
    (kind === 'network' || kind === 'bridge' || kind === 'direct') && name !== null
      ? [{ kind, name, virtualPort }]
      : [],
  );
  const unique = new Map(plugged.map((one) => [JSON.stringify(one), one]));
  return Promise.all(
    [...unique.values()].map(async (one) => {
      const targetName = names[one.name] ?? one.name;
      const [atSource, onTarget] = await Promise.all([
        see(source, one.kind, one.name, call),
        see(target, one.kind, targetName, call),
      ]);
      return { ...one, targetName, atSource, onTarget };
    }),
  );
}

async function see(host: HypervisorHost | null, kind: Kind, name: string, call: Call): Promise<Seen> {
  if (host === null) return null;
  const { networks } = host;
  const found: Promise<PlugFacts | null> =
    kind === 'network' ? networks.network(name, call) : networks.device(name, call);
  return found.then(
    (facts) => facts ?? 'absent',
    () => null,
  );
}
