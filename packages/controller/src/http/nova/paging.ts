import type { FastifyRequest } from 'fastify';
import { publicUrl } from '../openstack/public-url.ts';
import { fewOf } from '../routing/problem-reply.ts';
import { NovaFault } from './nova-fault.ts';

/** Entries of a page at most, as Nova's `max_limit`. */
export const maxEntries = 1000;

/** A query as clients write it: a word may stand more than once. */
export type Query = Readonly<Record<string, string | string[] | undefined>>;

/** All values of a word in a query. */
export function valuesOf(query: Query, name: string): string[] {
  return [query[name] ?? []].flat();
}

/** How many entries, none for 0, and after which one. */
export function pageOf(query: Query): { limit: number; marker: string | null } {
  const [limit = String(maxEntries)] = valuesOf(query, 'limit');
  if (!/^\d{1,9}$/.test(limit))
    throw new NovaFault(
      400,
      `Invalid input for query parameters limit. Value: ${limit}. It must be a whole number, 0 or more.`,
    );
  const [marker = null] = valuesOf(query, 'marker');
  return { limit: Math.min(Number(limit), maxEntries), marker };
}

/** The same of the lists that go by `offset`, not by a marker. There 0 asks for as many as there may be, as in Nova. */
export function offsetPage<T>(all: readonly T[], query: Query): readonly T[] {
  const [offset, limit] = ['offset', 'limit'].map((word) => {
    const [text = '0'] = valuesOf(query, word);
    if (!/^\d{1,9}$/.test(text))
      throw new NovaFault(400, `Invalid input for query parameters ${word}. Value: ${text}.`);
    return Number(text);
  }) as [number, number];
  return all.slice(offset, offset + (limit === 0 ? maxEntries : Math.min(limit, maxEntries)));
}

/**
 * Refuses a list of before it had pages that is longer than one: cut short in silence, it would be taken for all there is.
 * `since`: N of the microversion 2.N that brought pages.
 */
export function requireOnePage<T>(all: readonly T[], nouns: string, since: number): readonly T[] {
  if (all.length <= maxEntries) return all;
  throw new NovaFault(
    400,
    `There are more than ${maxEntries} ${nouns}: ask with microversion 2.${since} or later, which has pages.`,
  );
}

/** Refuses words that a query must not have since some microversion. */
export function requireKnown(query: Query, known: ReadonlySet<string>): void {
  const unknown = Object.keys(query).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  const names = fewOf(unknown.map((name) => `'${name}'`)).join(', ');
  throw new NovaFault(
    400,
    `Invalid input for query parameters: Additional properties are not allowed (${names} was unexpected).`,
  );
}

/** Where the next page is, when this one is full: the same request with its last entry as the marker. */
export function nextLink(
  request: FastifyRequest,
  page: readonly unknown[],
  limit: number,
  lastId: string | undefined,
): { rel: 'next'; href: string }[] | null {
  return page.length < limit || lastId === undefined ? null : linkAfter(request, lastId);
}

/** The same request with the entry that the next page begins after. */
export function linkAfter(request: FastifyRequest, lastId: string): { rel: 'next'; href: string }[] {
  const url = new URL(request.url, publicUrl(request));
  url.searchParams.delete('marker');
  url.searchParams.append('marker', lastId);
  return [{ rel: 'next', href: url.href }];
}

/** The part of a list that is asked for, and where the next part is: for lists that are read whole. */
export function pageInMemory<T>(
  request: FastifyRequest,
  all: readonly T[],
  idOf: (one: T) => string,
): { readonly page: readonly T[]; readonly links: { rel: 'next'; href: string }[] | null } {
  const { limit, marker } = pageOf(request.query as Query);
  const before = marker === null ? -1 : all.findIndex((one) => idOf(one) === marker);
  if (marker !== null && before === -1) throw new NovaFault(400, `marker [${marker}] not found`);
  const page = all.slice(before + 1, before + 1 + limit);
  const last = page.at(-1);
  const isLast = before + 1 + limit >= all.length;
  const links = isLast ? null : nextLink(request, page, limit, last === undefined ? undefined : idOf(last));
  return { page, links };
}
