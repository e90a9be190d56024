import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useHosts } from '../../api/queries.ts';
import { useText } from '../../i18n/text.tsx';
import { DetailPage } from '../../nouns/detail-page.tsx';
import { InstancesWith } from '../../nouns/instances-with.tsx';
import { Empty, Panel } from '../../ui/page.tsx';
import { State } from '../../ui/state.tsx';
import { Table } from '../../ui/table.tsx';
import { type AtHost, hostsWhere, networksOf, networkStates } from '../resources/host-networks.ts';
import { NetworkState } from '../resources/networks-page.tsx';

/** One network by its name: how it is at each host, and whose cards are in it. */
export function NetworkPage({ id: name }: { readonly id: string }): ReactNode {
  const { say } = useText();
  const { data, error } = useHosts();
  if (data === undefined) return error === null ? null : <Empty>{error.message}</Empty>;
  const network = networksOf(data).find((one) => one.name === name);
  if (network === undefined) return <Empty>{say('networks.noSuch', { name })}</Empty>;
  const missing = hostsWhere(network, 'missing').length;
  return (
    <DetailPage
      title={name}
      above={{ path: '/networks', label: say('networks.title') }}
      beside={<NetworkState network={network} />}
      acts={[]}
      facts={[
        [say('networks.onHosts'), `${network.hosts.length - missing} / ${data.length}`],
        network.bridges.length === 0
          ? null
          : [say('networks.bridges'), <code>{network.bridges.join(' ')}</code>],
      ]}
    >
      <Panel title={say('hosts.hosts')}>
        <Table
          inset
          label={say('hosts.hosts')}
          rows={network.hosts}
          keyOf={({ host }) => host.id}
          columns={[
            {
              head: say('column.host'),
              cell: ({ host }) => <Link href={`/hosts/${host.id}`}>{host.name}</Link>,
            },
            {
              head: say('column.state'),
              cell: ({ state }) => (
                <State tone={networkStates[state].tone}>{say(networkStates[state].word)}</State>
              ),
            },
            { head: say('networks.bridges'), cell: ({ bridge }) => <code>{bridge ?? ''}</code> },
            { head: say('networks.arrive'), cell: (at) => <Arrival at={at} /> },
          ]}
        />
      </Panel>
      <InstancesWith filter={{ network: name }} />
    </DetailPage>
  );
}

/** What becomes of a move to a host by a guest that has a card in it. */
function Arrival({ at: { state, calledThere, host } }: { readonly at: AtHost }): ReactNode {
  const { say } = useText();
  if (calledThere !== null) return say('networks.letInAs', { name: calledThere });
  if (state !== 'missing') return say('networks.letIn');
  return say(host.networks.define ? 'networks.letInDefined' : 'networks.refused');
}
