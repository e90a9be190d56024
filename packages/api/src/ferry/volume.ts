import { type Static, Type } from 'typebox';
import { component, nullable } from './schema-parts.ts';

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

/** What libvirt takes for a name of a pool or of what is in it. */
const nameInPool = Type.String({ minLength: 1, maxLength: 255, pattern: '^[^/\\s]+$' });

const VolumeAttachmentSchema = component(
  'VolumeAttachment',
  Type.Object({
    id: Type.String(),
    instanceId: Type.String(),
    instance: Type.String(),
    device: Type.String({ description: "the guest's name of it" }),
    state: Type.Union([Type.Literal('attaching'), Type.Literal('attached'), Type.Literal('detaching')]),
    deleteOnTermination: Type.Boolean({ description: 'whether it goes with the instance' }),
  }),
);

/** A disk of the catalogue, that instances can be given. */
export const VolumeSchema = component(
  'Volume',
  Type.Object({
    id: Type.String(),
    name: Type.String(),
    description: nullable(Type.String()),
    projectId: Type.String(),
    status: Type.Union([
      Type.Literal('creating'),
      Type.Literal('available'),
      Type.Literal('attaching'),
      Type.Literal('in-use'),
      Type.Literal('detaching'),
      Type.Literal('extending'),
      Type.Literal('deleting'),
      Type.Literal('error'),
      Type.Literal('error_extending'),
      Type.Literal('error_deleting'),
    ]),
    fault: nullable(Type.String({ description: 'why what was asked for last came to nothing' })),
    source: Type.String({ description: 'POOL/VOLUME, or the address of a disk on the network' }),
    hosts: Type.Array(Type.String(), {
      description: 'hosts whose pool has it; none for a disk on the network',
    }),
    format: Type.String(),
    sizeBytes: nullable(Type.Number({ description: 'what a guest sees; null: nobody has told it' })),
    made: Type.Boolean({ description: 'whether Ferry made it, and removes it when it is deleted' }),
    shareable: Type.Boolean({ description: 'whether several instances may have it at once' }),
    attachments: Type.Array(VolumeAttachmentSchema),
    createdAt: Type.String(),
  }),
);
export type VolumeBody = Static<typeof VolumeSchema>;

/** A volume that is to be in the catalogue: of a pool, or on the network. */
export const NewVolumeSchema = Type.Object(
  {
    name,
    description: Type.Optional(nullable(Type.String({ maxLength: 255 }))),
    project: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: 'by name or id; else the first' }),
    ),
    pool: Type.Optional(nameInPool),
    volume: Type.Optional({ ...nameInPool, description: 'its name in the pool; else one is made of its id' }),
    hosts: Type.Optional(
      Type.Array(name, {
        maxItems: 256,
        description: 'hosts by name or id whose pools have it; else the one host that has it',
      }),
    ),
    source: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1024,
        description:
          'nbd://HOST[:PORT]/EXPORT, iscsi://HOST[:PORT]/IQN/LUN, rbd://MONITOR/POOL/IMAGE or rbd:POOL/IMAGE',
      }),
    ),
    authUser: Type.Optional(
      Type.String({ minLength: 1, maxLength: 255, description: 'whom to name to the server' }),
    ),
    secret: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description: "the hosts' libvirt secret with the password: its uuid, or what it is used for",
      }),
    ),
    sizeBytes: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'of a pool: it is made with this size. On the network: what people are told',
      }),
    ),
    format: Type.Optional(Type.Union([Type.Literal('raw'), Type.Literal('qcow2')])),
    shareable: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type NewVolumeBody = Static<typeof NewVolumeSchema>;

/** What is said anew of a volume. */
export const SetVolumeSchema = Type.Object(
  {
    name: Type.Optional(name),
    description: Type.Optional(nullable(Type.String({ maxLength: 255 }))),
    hosts: Type.Optional(
      Type.Array(name, {
        minItems: 1,
        maxItems: 256,
        description: 'all hosts by name or id whose pools have it; each must show it',
      }),
    ),
  },
  { additionalProperties: false },
);
export type SetVolumeBody = Static<typeof SetVolumeSchema>;
