import type { FastifyRequest } from 'fastify';
import { IdentityFault, identityUrl } from './identity-fault.ts';

/** Entries of a page at most, as Keystone's `max_db_limit`. */
const maxEntries = 1000;

interface Links {
  readonly next: string | null;
  readonly self: string;
  readonly previous: string | null;
}
type Entry = Readonly<Record<string, unknown>>;

/**
 * A page of a list, by `limit` and `marker`, as Keystone has it: the marker is the id of the last entry before, and `links.next`
 * is where the list goes on. What is no list stays as it is. Throws 400 for a limit that is no number, and for an unknown marker.
 */
export function pageOfList(request: FastifyRequest, body: unknown): unknown {
  const list = listOf(body);
  if (request.method !== 'GET' || list === null) return body;
  const { noun, items, links } = list;
  const url = new URL(request.url, 'http://localhost');
  const limit = limitOf(url.searchParams.get('limit'));
  const rest = after(request, items, url.searchParams.get('marker'));
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  if (last === undefined || page.length === rest.length) return { ...list.body, [noun]: page };
  url.searchParams.set('limit', String(limit));
  url.searchParams.set('marker', markerOf(request, last));
  const next = `${links.self.split('?')[0]}?${url.searchParams.toString()}`;
  return { ...list.body, [noun]: page, links: { ...links, next } };
}

function listOf(body: unknown): { body: object; noun: string; items: readonly Entry[]; links: Links } | null {
  if (typeof body !== 'object' || body === null || !('links' in body)) return null;
  const { links } = body;
  if (typeof links !== 'object' || links === null || !('next' in links) || !('self' in links)) return null;
  const lists = Object.entries(body).filter((entry): entry is [string, Entry[]] => Array.isArray(entry[1]));
  const [only] = lists;
  if (only === undefined || lists.length > 1) return null;
  return { body, noun: only[0], items: only[1], links: links as Links };
}

/** Keystone takes 0 for a wrong limit, too. */
function limitOf(text: string | null): number {
  if (text === null) return maxEntries;
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0)
    throw new IdentityFault(
      400,
      `Invalid input for query parameter limit: ${text}. It must be a whole number, 1 or more.`,
    );
  return Math.min(Number(text), maxEntries);
}

function after(request: FastifyRequest, items: readonly Entry[], marker: string | null): readonly Entry[] {
  if (marker === null) return items;
  const at = items.findIndex((item) => markerOf(request, item) === marker);
  if (at < 0) throw new IdentityFault(400, `Marker ${marker} could not be found.`);
  return items.slice(at + 1);
}

/** Its id; an assignment of a role has none, and goes by its address. */
function markerOf(request: FastifyRequest, { id, links }: Entry): string {
  if (typeof id === 'string') return id;
  const address = (links as { readonly assignment?: string } | undefined)?.assignment ?? '';
  return address.slice(identityUrl(request).length + 1);
}
