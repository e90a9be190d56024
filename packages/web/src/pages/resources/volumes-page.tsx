import type { VolumeBody, VolumeTypeBody } from '@ferry/api';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useLocation, useSearch } from 'wouter';
import { useMay } from '../../api/queries.ts';
import { resources } from '../../api/resources.ts';
import { bytes } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { type Noun, NounPage } from '../../nouns/noun-page.tsx';
import { Choice } from '../../ui/field.tsx';
import { State, Tag, type Tone } from '../../ui/state.tsx';
import { useVolumeActs } from './volume-acts.ts';

export function volumeTone({ status }: VolumeBody): Tone {
  if (status.startsWith('error')) return 'bad';
  if (status === 'available') return 'still';
  return status === 'in-use' ? 'good' : 'moving';
}

/** Whether it becomes something else by itself. */
export function isOnItsWay(volume: VolumeBody): boolean {
  return volumeTone(volume) === 'moving';
}

/** Disks of the catalogue, that instances can be given. */
export function useVolumeNoun(types: readonly VolumeTypeBody[], onDeleted?: () => void): Noun<VolumeBody> {
  const { say } = useText();
  const mayChange = useMay('operator');
  const acts = useVolumeActs(types, onDeleted);
  return {
    label: say('volumes.title'),
    none: say('volumes.none'),
    keyOf: ({ id }) => id,
    nameOf: ({ name, id }) => (name === '' ? id : name),
    columns: [
      {
        head: say('column.name'),
        cell: ({ id, name }) => <Link href={`/volumes/${id}`}>{name === '' ? id : name}</Link>,
      },
      {
        head: say('column.state'),
        cell: (volume) => <State tone={volumeTone(volume)}>{volume.status}</State>,
      },
      {
        head: say('devices.size'),
        isNumber: true,
        cell: ({ sizeBytes }) => (sizeBytes === null ? '' : bytes(sizeBytes)),
      },
      {
        head: say('volumes.attached'),
        cell: ({ attachments }) =>
          attachments.map(({ id, instance, instanceId, device }) => (
            <Link key={id} href={`/instances/${instanceId}`}>
              {instance} {device}
            </Link>
          )),
      },
      { head: say('devices.source'), cell: ({ source }) => <code title={source}>{source}</code> },
      { head: say('hosts.hosts'), cell: ({ hosts }) => hosts.join(', ') },
      { head: say('volumes.fault'), cell: ({ fault }) => fault ?? '' },
    ],
    creates: mayChange ? [acts.make, acts.know] : [],
    actsOf: (volume) => (mayChange ? acts.of(volume) : []),
  };
}

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

/** How often volumes are looked at while something becomes of one: they have no events. */
const lookMs = 1_000;

/** Volumes, and the types that say in which pools projects have them made. */
export function VolumesPage(): ReactNode {
  const { say } = useText();
  const [, go] = useLocation();
  const isTypes = new URLSearchParams(useSearch()).get('view') === 'types';
  const types = useQuery({ queryKey: ['volume-types'], queryFn: resources.volumeTypes });
  const found = useQuery({
    queryKey: ['volumes'],
    queryFn: resources.volumes,
    refetchInterval: ({ state }) => ((state.data ?? []).some(isOnItsWay) ? lookMs : false),
  });
  const volumes = useVolumeNoun(types.data ?? []);
  const kinds = useVolumeTypeNoun();
  const views = (
    <Choice
      label={say('fleet.show')}
      value={isTypes ? 'types' : 'volumes'}
      onChange={(next) => go(next === 'types' ? '/volumes?view=types' : '/volumes')}
      options={[
        { value: 'volumes', label: say('volumes.title') },
        { value: 'types', label: say('volumes.types') },
      ]}
    />
  );
  return isTypes ? (
    <NounPage<VolumeTypeBody> key="types" noun={kinds} found={types} views={views} />
  ) : (
    <NounPage key="volumes" noun={volumes} found={found} views={views} />
  );
}
