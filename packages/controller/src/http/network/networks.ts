import { hostBody } from '../../operations/hosts/add-host.ts';
import type { HostBody } from '@ferry/api';
import { firstProject } from '@ferry/model';
import { Type } from 'typebox';
import { networkId } from '../../operations/facts/network-id.ts';
import { ofAll } from '../access/access.ts';
import { hidden } from '../access/require-access.ts';
import type { App, RouteOptions } from '../routing/api.ts';
import type { FastifyRequest, FastifyReply } from 'fastify';
import { listPage } from '../ferry/list-page.ts';
import { publicUrl } from '../openstack/public-url.ts';

/** Networks that hosts know by name; one that several know is one. */
export function networkRoutes(app: App, { api }: RouteOptions): Promise<void> {
  app.get('/networks', hidden(ofAll('token', 'get_networks')), async (request) => {
    return neutronPage(
      request,
      'networks',
      networksOf((await api.store.hosts.list()).map(hostBody)),
      (one) => one,
    );
  });
  app.get(
    '/networks/:id',
    {
      config: { access: ofAll('token', 'get_network') },
      schema: { hide: true, params: Type.Object({ id: Type.String() }) },
    },
    async (request, reply) => {
      const { id } = request.params;
      const network = networksOf((await api.store.hosts.list()).map(hostBody)).find((one) => one.id === id);
      return network === undefined
        ? neutronError(reply, 404, 'NetworkNotFound', `Network ${id} could not be found.`)
        : { network };
    },
  );
  return Promise.resolve();
}

function networksOf(hosts: readonly HostBody[]): { id: string; name: string }[] {
  const known = hosts.flatMap(({ facts }) => facts?.networks ?? []);
  const names = [...new Set(known.map(({ name }) => name))].toSorted();
  return names.map((name) => ({
    id: networkId(name),
    name,
    tenant_id: firstProject.id,
    project_id: firstProject.id,
    admin_state_up: true,
    status: known.some((one) => one.name === name && one.active) ? 'ACTIVE' : 'DOWN',
    mtu: 1500,
    subnets: [],
    shared: true,
    'router:external': false,
    availability_zone_hints: [],
    availability_zones: ['nova'],
    description: '',
    port_security_enabled: true,
    tags: [],
  }));
}

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

/** A refusal in Neutron's form. */
export function neutronError(
  reply: FastifyReply,
  status: number,
  type: string,
  message: string,
): FastifyReply {
  return reply.code(status).send({ NeutronError: { type, message, detail: '' } });
}
