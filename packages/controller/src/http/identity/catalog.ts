import { createHash } from 'node:crypto';

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
export const services: readonly Service[] = [
  { name: 'nova', type: 'compute', path: '/v2.1' },
  { name: 'glance', type: 'image', path: '/image' },
  { name: 'keystone', type: 'identity', path: '/identity/v3' },
  { name: 'neutron', type: 'network', path: '/network' },
  { name: 'cinderv3', type: 'volumev3', path: '/volume/v3' },
].map((service) => ({ ...service, id: idOf(service.type) }));

/** All addresses, given the one by which Ferry is reached. They do not differ by the kind of client. */
export function endpointsAt(url: string): Endpoint[] {
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
