import { type TSchema, Type } from 'typebox';

const uuid = Type.String({ pattern: '^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$' });
/** Nova's own pattern of a device's path. */
const device = Type.Optional(
  Type.Union([Type.Null(), Type.String({ pattern: '^/dev/x{0,1}[a-z]{0,1}d{0,1}[a-z]+[0-9]*$' })]),
);
const tag = Type.Optional(Type.String({ minLength: 1, maxLength: 60, pattern: '^[^,/]*$' }));
const yesOrNo = Type.Boolean();

function strict<const Fields extends Record<string, TSchema>>(fields: Fields) {
  return Type.Object(
    { volumeAttachment: Type.Object(fields, { additionalProperties: false }) },
    { additionalProperties: false },
  );
}

/** Newest first: from which N of 2.N on which fields may be there. */
export const newAttachmentSchemas = [
  {
    since: 79,
    schema: strict({ volumeId: uuid, device, tag, delete_on_termination: Type.Optional(yesOrNo) }),
  },
  { since: 49, schema: strict({ volumeId: uuid, device, tag }) },
  { since: 1, schema: strict({ volumeId: uuid, device }) },
] as const;

/** A change since 2.85: all but one field must be what they are. */
export const ChangedAttachmentSchema = strict({
  volumeId: uuid,
  id: Type.Optional(Type.String()),
  serverId: Type.Optional(Type.String()),
  device,
  tag,
  delete_on_termination: Type.Optional(yesOrNo),
});
