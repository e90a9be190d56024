import type { VolumeBody, VolumeTypeBody } from '@ferry/api';
import { Link } from 'wouter';
import { useMay } from '../../api/queries.ts';
import { bytes } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import type { Noun } from '../../nouns/noun.ts';
import { State, type Tone } from '../../ui/state.tsx';
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
