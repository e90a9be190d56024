import { type Caller, type Flavor, hasRole, ownValue } from '@ferry/model';
import { NovaFault } from '../nova-fault.ts';
import { type Query, requireKnown, valuesOf } from '../paging.ts';
import { isLooseBoolean, isYes } from '../require-body.ts';

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
