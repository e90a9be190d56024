import type { HostDetailBody } from '@ferry/api';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useAct } from '../../acts/use-act.tsx';
import { ferry } from '../../api/ferry.ts';
import { useMay } from '../../api/queries.ts';
import { bytes } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty, Notice, Panel } from '../../ui/page.tsx';
import { Tag } from '../../ui/state.tsx';
import { Table } from '../../ui/table.tsx';

type Domain = HostDetailBody['domains'][number];

/** What a host runs, whether Ferry looks after it or not. */
export function Domains({ found: { host, domains, unread } }: { readonly found: HostDetailBody }): ReactNode {
  const { say } = useText();
  const { ask, dialog } = useAct();
  const mayAdopt = useMay('operator');
  const adopt = ({ id, name }: Domain): void =>
    ask({
      title: `${say('host.adopt')}: ${name}`,
      text: say('host.adoptAsks', { name }),
      act: say('host.adopt'),
      run: () => ferry.adopt(host.id, id),
      changes: [['hosts'], ['instances']],
    });
  return (
    <Panel title={say('host.domains')}>
      {unread.map(({ id, name, why }) => (
        <Notice key={id} tone="bad" title={say('host.unread', { name })}>
          {why}
        </Notice>
      ))}
      {domains.length === 0 ? (
        <Empty>{say('host.none')}</Empty>
      ) : (
        <Table
          inset
          label={say('host.domains')}
          rows={domains}
          keyOf={({ id }) => id}
          columns={[
            {
              head: say('column.name'),
              cell: ({ id, name, adopted }) =>
                adopted ? <Link href={`/instances/${id}`}>{name}</Link> : name,
            },
            { head: say('host.power'), cell: ({ power }) => <code>{power}</code> },
            {
              head: say('column.memory'),
              isNumber: true,
              cell: ({ memoryBytes }) => bytes(memoryBytes),
            },
            { head: say('column.vcpus'), isNumber: true, cell: ({ vcpus }) => vcpus },
            {
              head: say('host.managed'),
              cell: (domain) =>
                domain.adopted ? (
                  <Tag>{say('host.managed')}</Tag>
                ) : mayAdopt ? (
                  <Button look="quiet" onClick={() => adopt(domain)}>
                    {say('host.adopt')}
                  </Button>
                ) : (
                  <Tag>{say('host.notManaged')}</Tag>
                ),
            },
          ]}
        />
      )}
      {dialog}
    </Panel>
  );
}
