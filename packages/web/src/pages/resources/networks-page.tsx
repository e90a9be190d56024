import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useHosts } from '../../api/queries.ts';
import { useText } from '../../i18n/text.tsx';
import { NounPage } from '../../nouns/noun-page.tsx';
import { State } from '../../ui/state.tsx';
import { type HostNetwork, hostsWhere, networksOf } from './host-networks.ts';

/** Whether it runs wherever it is. */
export function NetworkState({ network }: { readonly network: HostNetwork }): ReactNode {
  const { say } = useText();
  const [active, stopped] = [hostsWhere(network, 'active'), hostsWhere(network, 'stopped')];
  if (active.length === 0) return <State tone="still">{say('networks.stopped')}</State>;
  return stopped.length === 0 ? (
    <State tone="good">{say('networks.active')}</State>
  ) : (
    <State tone="warn">{say('networks.partly', { hosts: stopped.join(', ') })}</State>
  );
}

/** Networks of the hosts' libvirt, by name: where each is, and where it runs. They are made on the hosts. */
export function NetworksPage(): ReactNode {
  const { say } = useText();
  const { data, error } = useHosts();
  const all = data?.length ?? 0;
  return (
    <NounPage<HostNetwork>
      found={{ data: data === undefined ? undefined : networksOf(data), error } as const}
      noun={{
        label: say('networks.title'),
        none: say('networks.none'),
        keyOf: ({ name }) => name,
        nameOf: ({ name }) => name,
        columns: [
          {
            head: say('column.name'),
            cell: ({ name }) => <Link href={`/networks/${encodeURIComponent(name)}`}>{name}</Link>,
          },
          { head: say('column.state'), cell: (network) => <NetworkState network={network} /> },
          {
            head: say('networks.onHosts'),
            isNumber: true,
            cell: (one) => `${one.hosts.length - hostsWhere(one, 'missing').length} / ${all}`,
          },
          { head: say('networks.missing'), cell: (one) => hostsWhere(one, 'missing').join(', ') },
          { head: say('networks.bridges'), cell: ({ bridges }) => <code>{bridges.join(' ')}</code> },
        ],
      }}
    />
  );
}
