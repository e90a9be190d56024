import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ferry } from '../../api/ferry.ts';
import { bytes } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { Empty, Panel } from '../../ui/page.tsx';
import { Table } from '../../ui/table.tsx';
import style from './devices.module.css';

/** Its disks and network cards, as its host has them. */
export function Devices({ id }: { readonly id: string }): ReactNode {
  const { say } = useText();
  const { data, error } = useQuery({
    queryKey: ['devices', id],
    queryFn: () => ferry.devices(id),
    retry: false,
  });
  return (
    <>
      <Panel title={say('devices.disks')}>
        {error === null ? null : <Empty>{error.message}</Empty>}
        <div className={style['table']}>
          <Table
            label={say('devices.disks')}
            rows={data?.disks ?? []}
            keyOf={({ target }) => target}
            columns={[
              { head: say('devices.target'), cell: ({ target }) => <code>{target}</code> },
              {
                head: say('devices.source'),
                cell: ({ source }) => <code title={source ?? ''}>{source ?? '–'}</code>,
              },
              { head: say('devices.format'), cell: ({ format }) => format },
              {
                head: say('devices.size'),
                isNumber: true,
                cell: ({ capacityBytes }) => (capacityBytes === null ? '–' : bytes(capacityBytes)),
              },
              {
                head: say('devices.taken'),
                isNumber: true,
                cell: ({ allocationBytes }) => (allocationBytes === null ? '–' : bytes(allocationBytes)),
              },
              { head: say('devices.backing'), cell: ({ backing }) => <code>{backing.join(' ← ')}</code> },
            ]}
          />
        </div>
      </Panel>
      {data === undefined || data.interfaces.length === 0 ? null : (
        <Panel title={say('devices.networks')}>
          <div className={style['table']}>
            <Table
              label={say('devices.networks')}
              rows={data.interfaces}
              keyOf={({ mac }) => mac}
              columns={[
                { head: say('devices.mac'), cell: ({ mac }) => <code>{mac}</code> },
                {
                  head: say('devices.source'),
                  cell: ({ kind, source }) => `${kind}${source === null ? '' : ` ${source}`}`,
                },
                { head: say('devices.filter'), cell: ({ filter }) => filter ?? '–' },
              ]}
            />
          </div>
        </Panel>
      )}
    </>
  );
}
