import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useMay } from '../../api/queries.ts';
import { type LibraryImage, resources } from '../../api/resources.ts';
import { bytes, fullTime, time } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { type Noun, NounPage } from '../../nouns/noun-page.tsx';
import { State, type Tone } from '../../ui/state.tsx';
import { When } from '../../ui/when.tsx';

const formats = ['qcow2', 'raw', 'iso'] as const;
const visibilities = ['private', 'shared', 'community', 'public'] as const;
const choices = (words: readonly string[]) => words.map((value) => ({ value, label: value }));

export function imageTone(status: string): Tone {
  if (status === 'active') return 'good';
  if (status === 'killed' || status === 'deleted') return 'bad';
  return status === 'queued' ? 'still' : 'moving';
}

/** Images of the library, that instances are created from. */
export function useImageNoun(onDeleted?: () => void): Noun<LibraryImage> {
  const { say, language } = useText();
  const mayChange = useMay('operator');
  const changes = [['images']];
  return {
    label: say('images.title'),
    none: say('images.none'),
    keyOf: ({ id }) => id,
    nameOf: ({ name, id }) => name ?? id,
    columns: [
      {
        head: say('column.name'),
        cell: ({ id, name }) => <Link href={`/images/${id}`}>{name ?? id}</Link>,
      },
      {
        head: say('column.state'),
        cell: ({ status }) => <State tone={imageTone(status)}>{status}</State>,
      },
      { head: say('devices.format'), cell: (image) => image.disk_format ?? '' },
      {
        head: say('devices.size'),
        isNumber: true,
        cell: ({ size }) => (size === null ? '' : bytes(size)),
      },
      {
        head: say('images.virtual'),
        isNumber: true,
        cell: (image) => (image.virtual_size === null ? '' : bytes(image.virtual_size)),
      },
      { head: say('images.visibility'), cell: ({ visibility }) => visibility },
      {
        head: say('images.created'),
        cell: ({ created_at: at }) => (
          <When iso={at} short={time(at, language)} full={fullTime(at, language)} />
        ),
      },
    ],
    creates: mayChange
      ? [
          {
            title: say('images.create'),
            act: say('images.createAct'),
            fields: [
              { name: 'name', kind: 'text', label: say('column.name') },
              { name: 'file', kind: 'file', label: say('images.file') },
              {
                name: 'format',
                kind: 'choice',
                label: say('devices.format'),
                options: choices(formats),
                initial: 'qcow2',
              },
              {
                name: 'visibility',
                kind: 'choice',
                label: say('images.visibility'),
                options: choices(visibilities),
                initial: 'private',
              },
            ],
            run: ({ values: { name, format, visibility }, files }) =>
              resources.addImage(
                { name, disk_format: format, container_format: 'bare', visibility },
                files['file'] ?? new File([], 'none'),
              ),
            changes,
          },
        ]
      : [],
    actsOf: ({ id, name, visibility, protected: isProtected }) =>
      mayChange
        ? [
            {
              asked: {
                title: `${say('images.change')}: ${name ?? id}`,
                act: say('images.change'),
                fields: [
                  {
                    name: 'visibility',
                    kind: 'choice',
                    label: say('images.visibility'),
                    options: choices(visibilities),
                    initial: visibility,
                  },
                ],
                run: ({ values }) => resources.changeImage(id, 'visibility', values['visibility']),
                changes,
              },
            },
            {
              because: isProtected ? say('images.protected') : null,
              asked: {
                title: `${say('images.delete')}: ${name ?? id}`,
                text: say('images.deleteAsks'),
                act: say('images.delete'),
                isDangerous: true,
                run: () => resources.deleteImage(id),
                changes,
                onDone: () => onDeleted?.(),
              },
            },
          ]
        : [],
  };
}

/** Images that instances are created from. */
export function ImagesPage(): ReactNode {
  const noun = useImageNoun();
  return <NounPage noun={noun} found={useQuery({ queryKey: ['images'], queryFn: resources.images })} />;
}
