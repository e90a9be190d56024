import type { FastifyRequest } from 'fastify';
import { listPage } from '../ferry/list-page.ts';
import { publicUrl } from '../openstack/public-url.ts';

/** Of a list what `id` and `name` of the query ask for. */
interface NeutronQuery {
  readonly id?: string;
  readonly name?: string;
  readonly limit?: string;
  readonly marker?: string;
}

/** One page of a list in Neutron's form; `NOUN_links` says where the next is, which its clients follow. */
export function neutronPage<T extends { readonly id: string; readonly name?: string }>(
  request: FastifyRequest,
  noun: string,
  all: readonly T[],
  bodyOf: (one: T) => object,
): Record<string, unknown> {
  const { id, name, limit, marker } = request.query as NeutronQuery;
  const wanted = all.filter(
    (one) => (id === undefined || one.id === id) && (name === undefined || one.name === name),
  );
  // What is no number is no limit, as in Neutron.
  const asked = {
    ...(limit !== undefined && /^\d{1,9}$/.test(limit) ? { limit } : {}),
    ...(marker === undefined ? {} : { marker }),
  };
  const { page, next } = listPage(wanted, asked, (one) => one.id);
  if (next === null) return { [noun]: page.map(bodyOf) };
  const url = new URL(request.url, publicUrl(request));
  url.searchParams.set('marker', next);
  return { [noun]: page.map(bodyOf), [`${noun}_links`]: [{ rel: 'next', href: url.href }] };
}
