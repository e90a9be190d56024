import type { InstanceBody, InstanceFilter } from '@ferry/api';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { ferry } from '../api/ferry.ts';
import { bytes } from '../i18n/format.ts';
import { useText } from '../i18n/text.tsx';
import { instanceTone, useWords } from '../i18n/words.ts';
import { Empty, Notice, Panel } from '../ui/page.tsx';
import { State } from '../ui/state.tsx';
import { Table } from '../ui/table.tsx';

/** As many as are looked through by eye; more are found by a search of the fleet. */
const most = 200;
/** Instances change their hosts and their states. */
const lookMs = 5_000;

/** Which instances have something: the first of them by name. */
export function InstancesWith({ filter }: { readonly filter: InstanceFilter }): ReactNode {
  const { say } = useText();
  const words = useWords();
  const { data, error } = useQuery({
    queryKey: ['instances', 'with', filter],
    queryFn: () => ferry.someInstances(filter, most),
    refetchInterval: lookMs,
  });
  const label = say('instance.with');
  return (
    <Panel title={label}>
      {error === null || data !== undefined ? null : <Notice tone="bad">{error.message}</Notice>}
      {data?.instances.length === 0 ? <Empty>{say('instance.withNone')}</Empty> : null}
      {data === undefined || data.instances.length === 0 ? null : (
        <Table<InstanceBody>
          inset
          label={label}
          rows={data.instances}
          keyOf={({ id }) => id}
          columns={[
            {
              head: say('column.instance'),
              cell: ({ id, name }) => <Link href={`/instances/${id}`}>{name}</Link>,
            },
            {
              head: say('column.state'),
              cell: (one) => <State tone={instanceTone(one)}>{words.instanceState(one)}</State>,
            },
            {
              head: say('column.host'),
              cell: ({ host, hostId }) => <Link href={`/hosts/${hostId}`}>{host}</Link>,
            },
            {
              head: say('column.memory'),
              isNumber: true,
              cell: ({ memoryBytes }) => bytes(memoryBytes),
            },
            { head: say('column.vcpus'), isNumber: true, cell: ({ vcpus }) => vcpus },
          ]}
        />
      )}
      {data === undefined || data.next === null ? null : (
        <Empty>{say('instance.withMore', { count: data.instances.length })}</Empty>
      )}
    </Panel>
  );
}
