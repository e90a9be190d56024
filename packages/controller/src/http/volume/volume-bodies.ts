import { Type } from 'typebox';
import type { AskedVolume } from '../../operations/volumes/submit-create-volume.ts';
import { NovaFault } from '../nova/nova-fault.ts';
import { isYes, LooseBoolean, requireBody } from '../nova/require-body.ts';

const closed = { additionalProperties: false } as const;
const open = { additionalProperties: true } as const;
const text = Type.Union([Type.String({ maxLength: 255 }), Type.Null()]);
const id = Type.Union([Type.String({ maxLength: 255 }), Type.Null()]);
const key = Type.String({ pattern: '^[^\\x00]{1,255}$' });
/** What the owner of a volume says of it. */
const words = Type.Record(key, Type.String({ maxLength: 255 }), closed);
/** GiB; larger ones than that no file system has. */
const maxGib = 1_000_000;
const size = Type.Union([
  Type.Integer({ minimum: 1, maximum: maxGib }),
  Type.String({ pattern: '^[1-9][0-9]{0,5}$' }),
]);
const ids = Type.Union([Type.String(), Type.Array(Type.String(), { maxItems: 100 })]);
const HintsSchema = Type.Object(
  {
    local_to_instance: Type.Optional(Type.String()),
    same_host: Type.Optional(ids),
    different_host: Type.Optional(ids),
  },
  closed,
);
const names = {
  name: Type.Optional(text),
  display_name: Type.Optional(text),
  description: Type.Optional(text),
  display_description: Type.Optional(text),
  metadata: Type.Optional(Type.Union([words, Type.Null()])),
};
/** Cinder lets further fields pass. */
const NewVolumeSchema = Type.Object(
  {
    volume: Type.Object(
      {
        ...names,
        size: Type.Optional(Type.Union([size, Type.Null()])),
        volume_type: Type.Optional(text),
        availability_zone: Type.Optional(text),
        snapshot_id: Type.Optional(id),
        source_volid: Type.Optional(id),
        backup_id: Type.Optional(id),
        imageRef: Type.Optional(id),
        image_id: Type.Optional(id),
        consistencygroup_id: Type.Optional(id),
        multiattach: Type.Optional(Type.Union([LooseBoolean, Type.Null()])),
      },
      open,
    ),
    'OS-SCH-HNT:scheduler_hints': Type.Optional(Type.Union([HintsSchema, Type.Null()])),
  },
  open,
);
const ChangeSchema = Type.Object({ volume: Type.Object(names, closed) }, closed);
export const MetadataSchema = Type.Object({ metadata: words }, closed);
export const OneWordSchema = Type.Object({ meta: words }, closed);
export const ExtendSchema = Type.Object({ 'os-extend': Type.Object({ new_size: size }, open) }, closed);
export const ResetSchema = Type.Object(
  {
    'os-reset_status': Type.Object(
      { status: Type.Optional(Type.Union([Type.Enum(['available', 'error']), Type.Null()])) },
      open,
    ),
  },
  closed,
);

/** What is asked for, in Ferry's words. Refuses all that Ferry does not do, in one answer. */
export function readNewVolume(body: unknown): AskedVolume {
  const { volume, 'OS-SCH-HNT:scheduler_hints': hints } = requireBody(NewVolumeSchema, body, 'body');
  const from = (
    ['snapshot_id', 'source_volid', 'backup_id', 'imageRef', 'image_id', 'consistencygroup_id'] as const
  ).filter((field) => volume[field] != null && volume[field] !== '');
  const notDone = from.map((field) => `${field} is not done: Ferry makes volumes that hold nothing.`);
  if (isYes(volume.multiattach ?? false))
    notDone.push('multiattach is not done: an operator makes known what several may have.');
  if (notDone.length > 0) throw new NovaFault(501, notDone.join(' '));
  if (volume.size == null) throw new NovaFault(400, "Invalid input received: 'size' is a required property.");
  return {
    name: (volume.name ?? volume.display_name ?? '').trim(),
    description: volume.description ?? volume.display_description ?? null,
    sizeGib: Number(volume.size),
    type: volume.volume_type == null || volume.volume_type === '' ? null : volume.volume_type,
    zone:
      volume.availability_zone == null || volume.availability_zone === '' ? null : volume.availability_zone,
    metadata: volume.metadata ?? {},
    hints: {
      withInstance: hints?.local_to_instance ?? null,
      withVolumes: [hints?.same_host ?? []].flat(),
      apartFrom: [hints?.different_host ?? []].flat(),
    },
  };
}

/** What is said anew of a volume; metadata takes the place of what was said. */
export function readChange(body: unknown): {
  readonly name?: string;
  readonly description?: string | null;
  readonly metadata?: () => Readonly<Record<string, string>>;
} {
  const { volume } = requireBody(ChangeSchema, body, 'body');
  if (Object.keys(volume).length === 0) throw new NovaFault(400, 'Invalid input: nothing is to be changed.');
  const name = volume.name ?? volume.display_name;
  const description = volume.description ?? volume.display_description;
  const { metadata } = volume;
  return {
    ...(name == null ? {} : { name: name.trim() }),
    ...(description === undefined ? {} : { description }),
    ...(metadata == null ? {} : { metadata: () => metadata }),
  };
}
