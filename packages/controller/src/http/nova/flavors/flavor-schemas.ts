import { Type } from 'typebox';
import { LooseBoolean, isLooseBoolean, isYes } from '../require-body.ts';
import { type Caller, type Flavor, hasRole, ownValue } from '@ferry/model';
import { NovaFault } from '../nova-fault.ts';
import { type Query, requireKnown, valuesOf } from '../paging.ts';

/** A whole number, or one written as text: Nova takes both. */
const whole = (least: number) =>
  Type.Union([
    Type.Integer({ minimum: least, maximum: 2 ** 31 - 1 }),
    Type.String({ pattern: least === 0 ? '^[0-9]{1,9}$' : '^0*[1-9][0-9]{0,8}$' }),
  ]);

const flavorDescription = Type.Union([Type.String({ maxLength: 65_535 }), Type.Null()]);

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
  { flavor: Type.Object({ ...newFlavor, description: Type.Optional(flavorDescription) }, closed) },
  closed,
);

/** The body of `PUT /flavors/ID`. */
export const ChangedFlavorSchema = Type.Object(
  { flavor: Type.Object({ description: flavorDescription }, closed) },
  closed,
);

const specName = '^[a-zA-Z0-9-_:. ]{1,255}$';
const value = Type.Union([Type.String({ maxLength: 255 }), Type.Number()]);

/** Bodies of extra specs: many under their own name, or one. */
export const ExtraSpecsSchema = Type.Object(
  { extra_specs: Type.Record(Type.String({ pattern: specName }), value, closed) },
  closed,
);
export const OneExtraSpecSchema = Type.Record(Type.String({ pattern: specName }), value, {
  minProperties: 1,
  maxProperties: 1,
  ...closed,
});

const tenant = Type.Object({ tenant: Type.String({ minLength: 1, maxLength: 255 }) }, closed);

/** Bodies of `POST /flavors/ID/action`. */
export const AddAccessSchema = Type.Object({ addTenantAccess: tenant }, closed);
export const RemoveAccessSchema = Type.Object({ removeTenantAccess: tenant }, closed);

const known: ReadonlySet<string> = new Set([
  'limit',
  'marker',
  'is_public',
  'minRam',
  'minDisk',
  'sort_key',
  'sort_dir',
]);

const sortValues: Readonly<Record<string, (flavor: Flavor) => string | number>> = {
  flavorid: ({ id }) => id,
  id: ({ id }) => id,
  name: ({ name }) => name,
  memory_mb: ({ memoryMib }) => memoryMib,
  root_gb: ({ rootGib }) => rootGib,
  ephemeral_gb: ({ ephemeralGib }) => ephemeralGib,
  swap: ({ swapMib }) => swapMib,
  vcpus: ({ vcpus }) => vcpus,
  rxtx_factor: ({ rxtxFactor }) => rxtxFactor,
  is_public: ({ isPublic }) => Number(isPublic),
  created_at: ({ createdAt }) => createdAt,
  updated_at: ({ updatedAt }) => updatedAt,
  description: ({ description }) => description ?? '',
};

/** The flavors that a query asks for, in its order. Before 2.75 unknown words were passed over. */
export function selectFlavors(
  flavors: readonly Flavor[],
  query: Query,
  caller: Caller,
  minor: number,
): Flavor[] {
  if (minor >= 75) requireKnown(query, known);
  const isPublic = wantedPublic(query, caller);
  const minRam = numberOf(query, 'minRam');
  const minDisk = numberOf(query, 'minDisk');
  const key = valuesOf(query, 'sort_key')[0] ?? 'flavorid';
  const valueOf = ownValue(sortValues, key);
  if (valueOf === undefined) throw new NovaFault(400, `Invalid sort key ${key}.`);
  const descending = valuesOf(query, 'sort_dir')[0] === 'desc';
  return flavors
    .filter((flavor) => isPublic === null || flavor.isPublic === isPublic)
    .filter(({ memoryMib, rootGib }) => memoryMib >= minRam && rootGib >= minDisk)
    .toSorted((one, other) => compare(valueOf(one), valueOf(other)) * (descending ? -1 : 1));
}

/** Null: all of them. Who is no administrator sees public ones and those that were opened to the project. */
function wantedPublic(query: Query, caller: Caller): boolean | null {
  if (!hasRole(caller, 'admin')) return null;
  const [asked] = valuesOf(query, 'is_public');
  if (asked === undefined) return true;
  if (asked.toLowerCase() === 'none') return null;
  if (!isLooseBoolean(asked)) throw new NovaFault(400, `Invalid is_public filter [${asked}]`);
  return isYes(asked);
}

function numberOf(query: Query, name: string): number {
  const [text = '0'] = valuesOf(query, name);
  if (!/^\d{1,9}$/.test(text)) throw new NovaFault(400, `Invalid ${name} filter [${text}]`);
  return Number(text);
}

function compare(one: string | number, other: string | number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
