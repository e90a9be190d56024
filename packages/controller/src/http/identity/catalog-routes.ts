import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { publicUrl } from '../openstack/public-url.ts';
import { type Access, ofAll, ofNobody } from '../access/access.ts';
import { hidden } from '../access/require-access.ts';
import type { App } from '../routing/api.ts';
import { listBody } from './bodies.ts';
import { IdentityFault, identityUrl } from './identity-fault.ts';
import { createHash } from 'node:crypto';

const one = { hide: true, params: Type.Object({ id: Type.String() }) } as const;

/** Services, endpoints and regions, which follow from how Ferry is started; they are read, not changed. */
export function catalogRoutes(app: App): Promise<void> {
  const nouns = {
    services: { noun: 'service', keys: ['name', 'type'], bodies: serviceBodies },
    endpoints: { noun: 'endpoint', keys: ['interface', 'service_id', 'region_id'], bodies: endpointBodies },
    regions: { noun: 'region', keys: [], bodies: regionBodies },
  } as const;
  for (const [list, { noun, keys, bodies }] of Object.entries(nouns)) {
    // Regions are for everyone with a token, as in Keystone's own policy.
    const reading = (rule: string): Access => (noun === 'region' ? ofNobody(rule) : ofAll('admin', rule));
    app.get(`/${list}`, hidden(reading(`list_${list}`)), (request) => {
      const query = request.query as Record<string, string | undefined>;
      const found = bodies(request).filter((body) =>
        keys.every((key) => query[key] === undefined || body[key] === query[key]),
      );
      return listBody(list, found, `${identityUrl(request)}/${list}`);
    });
    app.get(`/${list}/:id`, { config: { access: reading(`get_${noun}`) }, schema: one }, (request) => {
      const found = bodies(request).find((body) => body['id'] === request.params.id);
      if (found === undefined) throw new IdentityFault(404, `Could not find ${noun}: ${request.params.id}.`);
      return { [noun]: found };
    });
    app.post(`/${list}`, hidden(ofAll('nobody', `create_${noun}`)), () => {
      throw new IdentityFault(
        403,
        `The ${list} of Ferry follow from how it is started: see --public-url and --region of \`ferry serve\`.`,
      );
    });
  }
  return Promise.resolve();
}

type Body = Readonly<Record<string, unknown>>;

function serviceBodies(request: FastifyRequest): Body[] {
  return services.map(({ id, name, type }) => ({
    name,
    id,
    type,
    enabled: true,
    links: { self: `${identityUrl(request)}/services/${id}` },
  }));
}

function endpointBodies(request: FastifyRequest): Body[] {
  const { region } = request.server.place;
  return endpointsAt(publicUrl(request)).map(({ id, serviceId, interface: kind, url }) => ({
    id,
    interface: kind,
    region_id: region,
    service_id: serviceId,
    url,
    enabled: true,
    region,
    links: { self: `${identityUrl(request)}/endpoints/${id}` },
  }));
}

function regionBodies(request: FastifyRequest): Body[] {
  const { region } = request.server.place;
  return [
    {
      id: region,
      description: '',
      parent_region_id: null,
      links: { self: `${identityUrl(request)}/regions/${region}` },
    },
  ];
}

/** One service of the catalog, and under which path of Ferry's address it is. */
interface Service {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly path: string;
}

/** One address of a service, for one kind of client. */
interface Endpoint {
  readonly id: string;
  readonly serviceId: string;
  readonly interface: 'public' | 'internal' | 'admin';
  readonly url: string;
}

/** What the OpenStack clients look for, by their names; the ids never change. */
const services: readonly Service[] = [
  { name: 'nova', type: 'compute', path: '/v2.1' },
  { name: 'glance', type: 'image', path: '/image' },
  { name: 'keystone', type: 'identity', path: '/identity/v3' },
  { name: 'neutron', type: 'network', path: '/network' },
  { name: 'cinderv3', type: 'volumev3', path: '/volume/v3' },
].map((service) => ({ ...service, id: idOf(service.type) }));

/** All addresses, given the one by which Ferry is reached. They do not differ by the kind of client. */
function endpointsAt(url: string): Endpoint[] {
  return services.flatMap((service) =>
    (['public', 'internal', 'admin'] as const).map((kind) => ({
      id: idOf(`${service.type} ${kind}`),
      serviceId: service.id,
      interface: kind,
      url: `${url}${service.path}`,
    })),
  );
}

/** The catalog as a token carries it. */
export function catalogAt(url: string, region: string): object[] {
  const endpoints = endpointsAt(url);
  return services.map(({ id, name, type }) => ({
    endpoints: endpoints
      .filter(({ serviceId }) => serviceId === id)
      .map(({ serviceId: _serviceId, ...endpoint }) => ({ ...endpoint, region_id: region, region })),
    id,
    type,
    name,
  }));
}

/** 32 hexadecimal digits that follow from a name: the same on every controller and after every start. */
function idOf(name: string): string {
  return createHash('sha256').update(`ferry ${name}`).digest('hex').slice(0, 32);
}
