import type { VolumeTypeBody } from '@ferry/api';
import { useMay } from '../../api/queries.ts';
import { resources } from '../../api/resources.ts';
import { useText } from '../../i18n/text.tsx';
import type { Noun } from '../../nouns/noun.ts';
import { Tag } from '../../ui/state.tsx';

/** Pools that projects may have volumes made in. */
export function useVolumeTypeNoun(): Noun<VolumeTypeBody> {
  const { say } = useText();
  const isAdmin = useMay('admin');
  const changes = [['volume-types']];
  return {
    label: say('volumes.types'),
    none: say('volumes.noTypes'),
    keyOf: ({ id }) => id,
    nameOf: ({ name }) => name,
    columns: [
      {
        head: say('column.name'),
        cell: ({ name, isDefault }) => (
          <>
            {name} {isDefault ? <Tag>{say('volumes.default')}</Tag> : null}
          </>
        ),
      },
      { head: say('volumes.pool'), cell: ({ pool }) => <code>{pool}</code> },
      {
        head: say('hosts.hosts'),
        cell: ({ hosts }) => (hosts.length === 0 ? say('volumes.allHosts') : hosts.join(', ')),
      },
      {
        head: say('volumes.shared'),
        cell: ({ shared }) => say(shared ? 'volumes.isShared' : 'volumes.notShared'),
      },
      { head: say('credential.description'), cell: ({ description }) => description ?? '' },
    ],
    creates: isAdmin
      ? [
          {
            title: say('volumes.newType'),
            act: say('volumes.createAct'),
            fields: [
              { name: 'name', kind: 'text', label: say('column.name') },
              { name: 'pool', kind: 'text', label: say('volumes.pool') },
              {
                name: 'hosts',
                kind: 'text',
                label: say('hosts.hosts'),
                hint: say('volumes.hostsHint'),
                isOptional: true,
              },
              { name: 'shared', kind: 'flag', label: say('volumes.sharedAsks') },
              { name: 'default', kind: 'flag', label: say('volumes.defaultAsks') },
            ],
            run: ({ values }) =>
              resources.addVolumeType({
                name: values['name'] ?? '',
                pool: values['pool'] ?? '',
                ...(values['hosts'] === '' ? {} : { hosts: (values['hosts'] ?? '').split(/[\s,]+/) }),
                shared: values['shared'] === 'true',
                isDefault: values['default'] === 'true',
              }),
            changes,
          },
        ]
      : [],
    actsOf: ({ id, name }) =>
      isAdmin
        ? [
            {
              asked: {
                title: `${say('volumes.delete')}: ${name}`,
                text: say('volumes.deleteType', { name }),
                act: say('volumes.delete'),
                isDangerous: true,
                run: () => resources.deleteVolumeType(id),
                changes,
              },
            },
          ]
        : [],
  };
}
