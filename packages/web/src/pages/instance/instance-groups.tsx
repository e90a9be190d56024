import type { InstanceGroupsBody } from '@ferry/api';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useAct } from '../../acts/use-act.tsx';
import { useMay } from '../../api/queries.ts';
import { resources } from '../../api/resources.ts';
import { useText } from '../../i18n/text.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty, Facts, Panel } from '../../ui/page.tsx';

/** Which security groups stand before an instance, and what waits to be told to its host. */
export function InstanceGroups({ id }: { readonly id: string }): ReactNode {
  const { say } = useText();
  const { ask, dialog } = useAct();
  const maySet = useMay('operator');
  const queryKey = ['instance-groups', id];
  const { data, error } = useQuery({ queryKey, queryFn: () => resources.groupsOf(id) });
  if (data === undefined) return error === null ? null : <Empty>{error.message}</Empty>;
  const set = (): void =>
    ask({
      title: `${say('groups.title')}: ${data.instance}`,
      act: say('groups.set'),
      text: say('groups.setAsks'),
      fields: [
        {
          name: 'groups',
          kind: 'lines',
          label: say('groups.title'),
          hint: say('groups.oneALine'),
          initial: data.groups.map(({ name }) => name).join('\n'),
          isOptional: true,
        },
        {
          name: 'addresses',
          kind: 'lines',
          label: say('groups.addresses'),
          hint: say('groups.addressesHint'),
          initial: data.addresses.join('\n'),
          isOptional: true,
        },
      ],
      run: ({ values: { groups = '', addresses = '' } }) =>
        resources.setGroupsOf(id, { groups: linesOf(groups), addresses: linesOf(addresses) }),
      changes: [queryKey],
    });
  return (
    <Panel
      title={say('groups.title')}
      beside={
        maySet ? (
          <Button look="quiet" onClick={set}>
            {say('groups.set')}
          </Button>
        ) : undefined
      }
    >
      {data.groups.length === 0 ? <Empty>{say('groups.unfiltered')}</Empty> : <Held groups={data} />}
      {dialog}
    </Panel>
  );
}

function Held({
  groups: { groups, addresses, applied },
}: {
  readonly groups: InstanceGroupsBody;
}): ReactNode {
  const { say } = useText();
  const waiting = applied.filter(({ state }) => state === 'waiting');
  return (
    <Facts
      facts={[
        [
          say('groups.title'),
          groups.map(({ id, name }) => (
            <p key={id}>
              <Link href={`/security-groups/${id}`}>{name}</Link>
            </p>
          )),
        ],
        addresses.length === 0 ? null : [say('groups.addresses'), <code>{addresses.join(' ')}</code>],
        waiting.length === 0
          ? null
          : [say('groups.waits'), waiting.map(({ host, reason }) => `${host}: ${reason}`).join('; ')],
      ]}
    />
  );
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
