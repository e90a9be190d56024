import { Type } from 'typebox';
import { LooseBoolean } from '../require-body.ts';

/** A whole number, or one written as text: Nova takes both. */
const whole = (least: number) =>
  Type.Union([
    Type.Integer({ minimum: least, maximum: 2 ** 31 - 1 }),
    Type.String({ pattern: least === 0 ? '^[0-9]{1,9}$' : '^0*[1-9][0-9]{0,8}$' }),
  ]);

const description = Type.Union([Type.String({ maxLength: 65_535 }), Type.Null()]);

const newFlavor = {
  // No space at either end, as Nova's names.
  name: Type.String({ minLength: 1, maxLength: 255, pattern: '^\\S(.*\\S)?$' }),
  id: Type.Optional(
    Type.Union([
      Type.Null(),
      Type.Integer({ minimum: 0 }),
      Type.String({
        minLength: 1,
        maxLength: 255,
        pattern: '^[a-zA-Z0-9._-]([a-zA-Z0-9. _-]*[a-zA-Z0-9._-])?$',
      }),
    ]),
  ),
  ram: whole(1),
  vcpus: whole(1),
  disk: whole(0),
  'OS-FLV-EXT-DATA:ephemeral': Type.Optional(whole(0)),
  swap: Type.Optional(whole(0)),
  rxtx_factor: Type.Optional(
    Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.String({ pattern: '^[0-9]+(\\.[0-9]+)?$' })]),
  ),
  'os-flavor-access:is_public': Type.Optional(LooseBoolean),
} as const;

const closed = { additionalProperties: false } as const;

/** The body of `POST /flavors`, before and since 2.55. */
export const NewFlavorSchema = Type.Object({ flavor: Type.Object(newFlavor, closed) }, closed);
export const DescribedFlavorSchema = Type.Object(
  { flavor: Type.Object({ ...newFlavor, description: Type.Optional(description) }, closed) },
  closed,
);

/** The body of `PUT /flavors/ID`. */
export const ChangedFlavorSchema = Type.Object({ flavor: Type.Object({ description }, closed) }, closed);

const key = '^[a-zA-Z0-9-_:. ]{1,255}$';
const value = Type.Union([Type.String({ maxLength: 255 }), Type.Number()]);

/** Bodies of extra specs: many under their own name, or one. */
export const ExtraSpecsSchema = Type.Object(
  { extra_specs: Type.Record(Type.String({ pattern: key }), value, closed) },
  closed,
);
export const OneExtraSpecSchema = Type.Record(Type.String({ pattern: key }), value, {
  minProperties: 1,
  maxProperties: 1,
  ...closed,
});

const tenant = Type.Object({ tenant: Type.String({ minLength: 1, maxLength: 255 }) }, closed);

/** Bodies of `POST /flavors/ID/action`. */
export const AddAccessSchema = Type.Object({ addTenantAccess: tenant }, closed);
export const RemoveAccessSchema = Type.Object({ removeTenantAccess: tenant }, closed);
