import type { HostBody } from '@ferry/api';
import type { ReactNode } from 'react';
import { useHosts } from '../../api/queries.ts';
import { useText } from '../../i18n/text.tsx';
import { NounPage } from '../../nouns/noun-page.tsx';
import { State } from '../../ui/state.tsx';

/** A network of libvirt; hosts that know one of that name are taken to be on the same. */
interface Network {
  readonly name: string;
  readonly active: readonly string[];
  readonly stopped: readonly string[];
  readonly bridges: readonly string[];
}

/** Networks of the hosts' libvirt, by name: where each is, and where it runs. They are made on the hosts. */
export function NetworksPage(): ReactNode {
  const { say } = useText();
  const { data, error } = useHosts();
  const all = data?.length ?? 0;
  return (
    <NounPage<Network>
      found={{ data: data === undefined ? undefined : networksOf(data), error } as const}
      noun={{
        label: say('networks.title'),
        none: say('networks.none'),
        keyOf: ({ name }) => name,
        nameOf: ({ name }) => name,
        columns: [
          { head: say('column.name'), cell: ({ name }) => name },
          {
            head: say('column.state'),
            cell: ({ active, stopped }) => (
              <State tone={active.length === 0 ? 'still' : stopped.length === 0 ? 'good' : 'warn'}>
                {active.length === 0
                  ? say('networks.stopped')
                  : stopped.length === 0
                    ? say('networks.active')
                    : say('networks.partly', { hosts: stopped.join(', ') })}
              </State>
            ),
          },
          {
            head: say('networks.onHosts'),
            isNumber: true,
            cell: ({ active, stopped }) => `${active.length + stopped.length} / ${all}`,
          },
          {
            head: say('networks.missing'),
            cell: ({ active, stopped }) => missingOn(data ?? [], [...active, ...stopped]),
          },
          { head: say('networks.bridges'), cell: ({ bridges }) => <code>{bridges.join(' ')}</code> },
        ],
      }}
    />
  );
}

/** Names of hosts that do not have it; a move that needs it is refused there. */
function missingOn(hosts: readonly HostBody[], having: readonly string[]): string {
  return hosts
    .filter(({ name, facts }) => facts !== null && !having.includes(name))
    .map(({ name }) => name)
    .join(', ');
}

function networksOf(hosts: readonly HostBody[]): readonly Network[] {
  const byName = new Map<string, { active: string[]; stopped: string[]; bridges: Set<string> }>();
  for (const host of hosts)
    for (const { name, active, bridge } of host.facts?.networks ?? []) {
      const one = byName.get(name) ?? { active: [], stopped: [], bridges: new Set() };
      byName.set(name, one);
      (active ? one.active : one.stopped).push(host.name);
      if (bridge !== null) one.bridges.add(bridge);
    }
  return [...byName]
    .map(([name, { bridges, ...rest }]) => ({ name, ...rest, bridges: [...bridges] }))
    .toSorted((one, other) => one.name.localeCompare(other.name));
}
