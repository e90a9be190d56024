import type { NewVolumeBody, VolumeBody, VolumeTypeBody } from '@ferry/api';
import type { Asked, Filled } from '../../acts/asked.ts';
import { ferry } from '../../api/ferry.ts';
import { resources } from '../../api/resources.ts';
import { useText } from '../../i18n/text.tsx';
import type { Act } from '../../nouns/noun-page.tsx';

const gibibyte = 1024 ** 3;
const changes = [['volumes'], ['devices']];

const optional = (name: string, label: string, hint?: string) =>
  ({ name, kind: 'text', label, isOptional: true, ...(hint === undefined ? {} : { hint }) }) as const;

/** What is done with volumes; what a state forbids is told as the reason. */
export function useVolumeActs(
  types: readonly VolumeTypeBody[],
  onDeleted: () => void = () => undefined,
): {
  readonly make: Asked;
  readonly know: Asked;
  readonly of: (volume: VolumeBody) => readonly Act[];
} {
  const { say } = useText();
  const nameField = { name: 'name', kind: 'text', label: say('column.name') } as const;
  const sizeField = { name: 'size', kind: 'number', label: say('volumes.gib') } as const;
  const make: Asked = {
    title: say('volumes.create'),
    act: say('volumes.createAct'),
    ...(types.length === 0 ? { text: say('volumes.noTypes') } : {}),
    fields: [
      nameField,
      { ...sizeField, initial: '10' },
      {
        name: 'type',
        kind: 'choice',
        label: say('volumes.type'),
        options: types.map(({ id, name }) => ({ value: id, label: name })),
        initial: types.find(({ isDefault }) => isDefault)?.id ?? types[0]?.id ?? '',
        isOptional: true,
      },
    ],
    run: ({ values: { name, size, type } }) =>
      resources.makeVolume({ name, size: Number(size), ...(type === '' ? {} : { volume_type: type }) }),
    changes,
  };
  const know: Asked = {
    title: say('volumes.know'),
    act: say('volumes.knowAct'),
    text: say('volumes.knowAsks'),
    fields: [
      nameField,
      optional('pool', say('volumes.pool')),
      optional('volume', say('volumes.inPool'), say('volumes.inPoolHint')),
      optional('hosts', say('hosts.hosts'), say('volumes.hostsHint')),
      optional('source', say('volumes.source'), say('volumes.sourceHint')),
      { ...sizeField, isOptional: true, hint: say('volumes.sizeHint') },
    ],
    run: (filled) => resources.knowVolume(knownOf(filled)),
    changes,
  };
  const attach = ({ id, name }: VolumeBody): Asked => ({
    title: `${say('volumes.attach')}: ${name}`,
    act: say('volumes.attach'),
    fields: [
      { name: 'instance', kind: 'text', label: say('column.instance'), hint: say('volumes.nameOrId') },
    ],
    run: async ({ values }) => resources.attach((await ferry.instance(values['instance'] ?? '')).id, id),
    changes,
  });
  const detach = ({ id, name }: VolumeBody, at: VolumeBody['attachments'][number]): Asked => ({
    title: `${say('volumes.detach')}: ${name}`,
    text: say('volumes.detachAsks', { instance: at.instance, device: at.device }),
    act: say('volumes.detach'),
    run: () => resources.detach(at.instanceId, id),
    changes,
  });
  const extend = ({ id, name, sizeBytes }: VolumeBody): Asked => ({
    title: `${say('volumes.extend')}: ${name}`,
    act: say('volumes.extend'),
    fields: [{ ...sizeField, initial: String(Math.ceil((sizeBytes ?? 0) / gibibyte)) }],
    run: ({ values }) => resources.extendVolume(id, Number(values['size'])),
    changes,
  });
  const remove = ({ id, name, made, source }: VolumeBody): Asked => ({
    title: `${say('volumes.delete')}: ${name}`,
    text: say(made ? 'volumes.deleteMade' : 'volumes.deleteKnown', { source }),
    act: say('volumes.delete'),
    isDangerous: true,
    run: () => resources.deleteVolume(id, false),
    changes,
    onDone: onDeleted,
  });
  const of = (volume: VolumeBody): readonly Act[] => {
    const { status, attachments, shareable } = volume;
    const isFree = status === 'available' || (shareable && status === 'in-use');
    const notNow = (may: boolean): string | null => (may ? null : say('volumes.notNow', { status }));
    return [
      { asked: attach(volume), because: notNow(isFree) },
      ...attachments.map((at) => ({
        label: say('volumes.detachFrom', { instance: at.instance }),
        asked: detach(volume, at),
        because: notNow(at.state === 'attached'),
      })),
      { asked: extend(volume), because: notNow(status === 'available' || status === 'in-use') },
      {
        asked: remove(volume),
        because: attachments.length === 0 ? null : say('volumes.attachedStill'),
      },
    ];
  };
  return { make, know, of };
}

/** What is filled in, and nothing of what is not. */
function knownOf({ values }: Filled): NewVolumeBody {
  const { name = '', size = '', hosts = '' } = values;
  const said = (['pool', 'volume', 'source'] as const).flatMap((field) =>
    (values[field] ?? '') === '' ? [] : [[field, values[field] ?? ''] as const],
  );
  return {
    name,
    ...Object.fromEntries(said),
    ...(hosts === '' ? {} : { hosts: hosts.split(/[\s,]+/) }),
    ...(size === '' ? {} : { sizeBytes: Math.round(Number(size) * gibibyte) }),
  };
}
