import { type Static, Type } from 'typebox';
import { component } from './component.ts';
import { nullable } from './nullable.ts';

const name = Type.String({ minLength: 1, maxLength: 255 });

/** A storage pool that projects may have volumes made in. */
export const VolumeTypeSchema = component(
  'VolumeType',
  Type.Object({
    id: Type.String(),
    name: Type.String(),
    description: nullable(Type.String()),
    pool: Type.String({ description: 'its name in libvirt' }),
    hosts: Type.Array(Type.String(), { description: 'hosts that it is used on; none: all that have it' }),
    shared: Type.Boolean({ description: 'whether its hosts have one and the same pool' }),
    isDefault: Type.Boolean({ description: 'whether it is taken where no type is asked for' }),
  }),
);
export type VolumeTypeBody = Static<typeof VolumeTypeSchema>;

/** A volume type to be named. */
export const NewVolumeTypeSchema = Type.Object(
  {
    name,
    description: Type.Optional(nullable(Type.String({ maxLength: 255 }))),
    pool: Type.String({ minLength: 1, maxLength: 255, pattern: '^[^/\\s]+$' }),
    hosts: Type.Optional(Type.Array(name, { maxItems: 256, description: 'by name or id' })),
    shared: Type.Optional(Type.Boolean()),
    isDefault: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type NewVolumeTypeBody = Static<typeof NewVolumeTypeSchema>;
