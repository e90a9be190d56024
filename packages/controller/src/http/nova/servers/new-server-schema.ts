import { type TSchema, Type } from 'typebox';
import { LooseBoolean } from '../require-body.ts';
import { accessAddressFields } from './server-addresses.ts';

const closed = { additionalProperties: false } as const;
const name = Type.String({ minLength: 1, maxLength: 255, pattern: '\\S' });
const count = Type.Union([
  Type.Integer({ minimum: 1, maximum: 1000 }),
  Type.String({ pattern: '^[1-9][0-9]{0,2}$' }),
]);
const idOrName = Type.String({ minLength: 1, maxLength: 255 });
const tag = Type.String({ minLength: 1, maxLength: 60, pattern: '^[^,/]+$' });

/** A network that is asked for; what Ferry has not is refused by name, not by its form. */
const network = (minor: number) =>
  Type.Object(
    {
      uuid: Type.Optional(idOrName),
      fixed_ip: Type.Optional(Type.String()),
      port: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      ...(minor === 32 || minor >= 42 ? { tag: Type.Optional(tag) } : {}),
    },
    closed,
  );

const networksOf = (minor: number): TSchema => {
  const list = Type.Array(network(minor));
  return minor < 37 ? list : Type.Union([list, Type.Enum(['auto', 'none'])]);
};

/** What of a volume is described; the rest is read by nobody, because none can be attached at creation. */
const mapping = Type.Record(Type.String(), Type.Unknown());

const hintIds = Type.Union([idOrName, Type.Array(idOrName)]);
const Hints = Type.Object({
  group: Type.Optional(idOrName),
  same_host: Type.Optional(hintIds),
  different_host: Type.Optional(hintIds),
});

/** The fields of `server` that came with later microversions, by the one that brought them. */
const later: readonly { readonly since: number; readonly fields: Readonly<Record<string, TSchema>> }[] = [
  {
    since: 19,
    fields: { description: Type.Optional(Type.Union([Type.String({ maxLength: 255 }), Type.Null()])) },
  },
  { since: 52, fields: { tags: Type.Optional(Type.Array(tag, { maxItems: 50 })) } },
  {
    since: 63,
    fields: {
      trusted_image_certificates: Type.Optional(Type.Union([Type.Null(), Type.Array(Type.String())])),
    },
  },
  { since: 74, fields: { host: Type.Optional(idOrName), hypervisor_hostname: Type.Optional(idOrName) } },
  {
    since: 90,
    fields: {
      hostname: Type.Optional(
        Type.String({ minLength: 2, maxLength: 63, pattern: '^[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$' }),
      ),
    },
  },
];

const known = new Map<number, TSchema>();

/** The body of `POST /servers` in a microversion 2.N: nothing that it does not name is taken. */
export function newServerSchema(minor: number): TSchema {
  const there = known.get(minor);
  if (there !== undefined) return there;
  const fields = Object.assign(
    {},
    ...later.filter(({ since }) => minor >= since).map((one) => one.fields),
  ) as Record<string, TSchema>;
  const networks = networksOf(minor);
  const schema = Type.Object(
    {
      server: Type.Object(
        {
          name,
          flavorRef: Type.Union([idOrName, Type.Integer({ minimum: 0 })]),
          imageRef: Type.Optional(Type.String({ maxLength: 255 })),
          // Since 2.37 it must be said.
          networks: minor >= 37 ? networks : Type.Optional(networks),
          metadata: Type.Optional(
            Type.Record(
              Type.String({ pattern: '^[a-zA-Z0-9_:. -]{1,255}$' }),
              Type.String({ maxLength: 255 }),
              closed,
            ),
          ),
          availability_zone: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
          key_name: Type.Optional(Type.Union([idOrName, Type.Null()])),
          security_groups: Type.Optional(Type.Array(Type.Object({ name: Type.Optional(idOrName) }))),
          user_data: Type.Optional(
            Type.Union([
              Type.String({ maxLength: 65_535, pattern: '^[A-Za-z0-9+/\\s]*={0,2}\\s*$' }),
              Type.Null(),
            ]),
          ),
          config_drive: Type.Optional(Type.Union([LooseBoolean, Type.Null(), Type.Literal('')])),
          min_count: Type.Optional(count),
          max_count: Type.Optional(count),
          return_reservation_id: Type.Optional(LooseBoolean),
          block_device_mapping: Type.Optional(Type.Array(mapping)),
          block_device_mapping_v2: Type.Optional(Type.Array(mapping)),
          ...accessAddressFields,
          adminPass: Type.Optional(Type.String()),
          'OS-DCF:diskConfig': Type.Optional(Type.Enum(['AUTO', 'MANUAL'])),
          ...(minor < 57 ? { personality: Type.Optional(Type.Array(mapping)) } : {}),
          ...fields,
        },
        closed,
      ),
      'os:scheduler_hints': Type.Optional(Hints),
      'OS-SCH-HNT:scheduler_hints': Type.Optional(Hints),
    },
    closed,
  );
  known.set(minor, schema);
  return schema;
}
