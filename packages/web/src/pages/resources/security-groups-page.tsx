import type { SecurityGroupBody } from '@ferry/api';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useMay } from '../../api/queries.ts';
import { resources } from '../../api/resources.ts';
import { useText } from '../../i18n/text.tsx';
import { type Noun, NounPage } from '../../nouns/noun-page.tsx';

/** What flows instances let through. */
export function useSecurityGroupNoun(onDeleted?: () => void): Noun<SecurityGroupBody> {
  const { say } = useText();
  const mayChange = useMay('operator');
  const changes = [['security-groups']];
  return {
    label: say('groups.title'),
    none: say('groups.none'),
    keyOf: ({ id }) => id,
    nameOf: ({ name }) => name,
    columns: [
      {
        head: say('column.name'),
        cell: ({ id, name }) => <Link href={`/security-groups/${id}`}>{name}</Link>,
      },
      { head: say('groups.rules'), isNumber: true, cell: ({ rules }) => rules.length },
      { head: say('id'), cell: ({ id }) => <code>{id}</code> },
      { head: say('credential.description'), cell: ({ description }) => description },
    ],
    creates: mayChange
      ? [
          {
            title: say('groups.create'),
            act: say('groups.createAct'),
            fields: [
              { name: 'name', kind: 'text', label: say('column.name') },
              { name: 'description', kind: 'text', label: say('credential.description'), isOptional: true },
              { name: 'egress', kind: 'flag', label: say('groups.egress'), initial: 'true' },
            ],
            run: ({ values: { name = '', description = '', egress } }) =>
              resources.addGroup({ name, description, egress: egress === 'true' }),
            changes,
          },
        ]
      : [],
    actsOf: ({ id, name }) =>
      mayChange
        ? [
            {
              asked: {
                title: `${say('groups.delete')}: ${name}`,
                text: say('groups.deleteAsks'),
                act: say('groups.delete'),
                isDangerous: true,
                run: () => resources.deleteGroup(id),
                changes,
                onDone: () => onDeleted?.(),
              },
            },
          ]
        : [],
  };
}

/** All security groups. */
export function SecurityGroupsPage(): ReactNode {
  const noun = useSecurityGroupNoun();
  const found = useQuery({ queryKey: ['security-groups'], queryFn: resources.groups });
  return <NounPage noun={noun} found={found} />;
}
