import {
  type Static,
  type TArray,
  type TNull,
  type TObject,
  type TProperties,
  type TSchema,
  type TString,
  type TUnion,
  Type,
} from 'typebox';
import type { PageBounds } from './ferry-lists.ts';
import { Refusal } from '../../operations/engine/refusal.ts';

/** Entries of a page at most, and when nothing is said. */
const longestPage = 1_000;

/** Which page of a list is asked for: the one after the entry with the id `marker`. */
export const ListQuerySchema = Type.Object(
  {
    limit: Type.Optional(
      Type.String({ pattern: '^[0-9]{1,9}$', description: `entries of a page, ${longestPage} at most` }),
    ),
    marker: Type.Optional(Type.String({ description: 'the page after this one: `next` of the last answer' })),
  },
  { additionalProperties: false },
);
type ListQuery = { readonly [Name in keyof Static<typeof ListQuerySchema>]?: string | undefined };

/** Which page of those entries that fit a filter. */
export function filteredQuery<Filter extends TProperties>({
  properties,
}: TObject<Filter>): TObject<Filter & (typeof ListQuerySchema)['properties']> {
  return Type.Object(
    { ...properties, ...ListQuerySchema.properties },
    { additionalProperties: false },
  ) as never;
}

/** The same for a list whose pages the database makes. */
export function pageBounds({ limit, marker }: ListQuery): PageBounds {
  return { marker: marker ?? null, limit: pageLength(limit) };
}

function pageLength(limit: string | undefined): number {
  const wanted = Number(limit ?? 0);
  return wanted === 0 ? longestPage : Math.min(wanted, longestPage);
}

/** A page of a list, and the marker of the next; null: it is the last. */
export function pageSchema<const Noun extends string, One extends TSchema>(
  noun: Noun,
  one: One,
): TObject<Record<Noun, TArray<One>> & { next: TUnion<[TString, TNull]> }> {
  return Type.Object({
    [noun]: Type.Array(one),
    next: Type.Union([Type.String(), Type.Null()], { description: 'marker of the next page' }),
  }) as never;
}

/** The page of a list that is asked for; the list's order must not depend on who asks when. */
export function listPage<T>(
  all: readonly T[],
  { limit, marker }: ListQuery,
  idOf: (one: T) => string,
): { page: T[]; next: string | null } {
  const before = marker === undefined ? -1 : all.findIndex((one) => idOf(one) === marker);
  if (marker !== undefined && before === -1)
    throw new Refusal('marker-not-found', `The list has no "${marker}" any more, after which to go on.`);
  const length = pageLength(limit);
  const page = all.slice(before + 1, before + 1 + length);
  const last = page.at(-1);
  return { page, next: last === undefined || before + 1 + length >= all.length ? null : idOf(last) };
}
