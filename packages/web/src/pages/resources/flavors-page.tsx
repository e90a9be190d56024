import type { FlavorBody } from '@ferry/api';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useMay } from '../../api/queries.ts';
import { resources } from '../../api/resources.ts';
import { bytes } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { type Noun, NounPage } from '../../nouns/noun-page.tsx';

const mebibyte = 1024 ** 2;

/** Sizes that instances are created in. */
export function useFlavorNoun(onDeleted?: () => void): Noun<FlavorBody> {
  const { say } = useText();
  const isAdmin = useMay('admin');
  const changes = [['flavors']];
  return {
    label: say('flavors.title'),
    none: say('flavors.none'),
    keyOf: ({ id }) => id,
    nameOf: ({ name }) => name,
    columns: [
      {
        head: say('column.name'),
        cell: ({ id, name }) => <Link href={`/flavors/${encodeURIComponent(id)}`}>{name}</Link>,
      },
      { head: say('column.vcpus'), isNumber: true, cell: ({ vcpus }) => vcpus },
      {
        head: say('column.memory'),
        isNumber: true,
        cell: ({ memoryMib }) => bytes(memoryMib * mebibyte),
      },
      {
        head: say('flavors.root'),
        isNumber: true,
        cell: ({ rootGib }) => (rootGib === 0 ? say('flavors.asImage') : `${rootGib} GiB`),
      },
      {
        head: say('flavors.for'),
        cell: ({ isPublic }) => say(isPublic ? 'flavors.all' : 'flavors.some'),
      },
      { head: say('id'), cell: ({ id }) => <code>{id}</code> },
      { head: say('credential.description'), cell: ({ description }) => description ?? '' },
    ],
    creates: isAdmin
      ? [
          {
            title: say('flavors.create'),
            act: say('flavors.createAct'),
            fields: [
              { name: 'name', kind: 'text', label: say('column.name') },
              { name: 'vcpus', kind: 'number', label: say('column.vcpus'), initial: '1' },
              { name: 'memory', kind: 'number', label: say('flavors.memory'), initial: '1024' },
              { name: 'root', kind: 'number', label: say('flavors.rootGib'), initial: '0' },
              { name: 'public', kind: 'flag', label: say('flavors.public'), initial: 'true' },
            ],
            run: ({ values }) =>
              resources.addFlavor({
                name: values['name'] ?? '',
                vcpus: Number(values['vcpus']),
                memoryMib: Number(values['memory']),
                rootGib: Number(values['root']),
                isPublic: values['public'] === 'true',
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
                title: `${say('flavors.delete')}: ${name}`,
                text: say('flavors.deleteAsks', { name }),
                act: say('flavors.delete'),
                isDangerous: true,
                run: () => resources.deleteFlavor(id),
                changes,
                onDone: () => onDeleted?.(),
              },
            },
          ]
        : [],
  };
}

/** All flavors. */
export function FlavorsPage(): ReactNode {
  const noun = useFlavorNoun();
  return <NounPage noun={noun} found={useQuery({ queryKey: ['flavors'], queryFn: resources.flavors })} />;
}
