import { type Static, Type } from 'typebox';
import { component, nullable } from './schema-parts.ts';

/** A size that instances are created in. */
export const FlavorSchema = component(
  'Flavor',
  Type.Object({
    id: Type.String(),
    name: Type.String(),
    vcpus: Type.Integer(),
    memoryMib: Type.Integer(),
    rootGib: Type.Integer({ description: '0: as large as the image' }),
    isPublic: Type.Boolean({ description: 'whether every project may use it' }),
    description: nullable(Type.String()),
  }),
);
export type FlavorBody = Static<typeof FlavorSchema>;

/** A flavor to be made. */
export const NewFlavorSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 255 }),
    id: Type.Optional(Type.String({ minLength: 1, maxLength: 255, pattern: '^[0-9A-Za-z._ -]+$' })),
    vcpus: Type.Integer({ minimum: 1, maximum: 4096 }),
    memoryMib: Type.Integer({ minimum: 1 }),
    rootGib: Type.Optional(Type.Integer({ minimum: 0 })),
    isPublic: Type.Optional(Type.Boolean()),
    description: Type.Optional(nullable(Type.String({ maxLength: 65_535 }))),
  },
  { additionalProperties: false },
);
export type NewFlavorBody = Static<typeof NewFlavorSchema>;
