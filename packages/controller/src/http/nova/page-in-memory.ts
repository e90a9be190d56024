import type { FastifyRequest } from 'fastify';
import { NovaFault } from './nova-fault.ts';
import { nextLink, pageOf, type Query } from './paging.ts';

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
