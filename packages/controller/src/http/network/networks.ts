import { hostBody } from '../../operations/hosts/add-host.ts';
import type { HostBody } from '@ferry/api';
import { firstProject } from '@ferry/model';
import { Type } from 'typebox';
import { networkId } from '../../operations/facts/network-id.ts';
import { ofAll } from '../access/access.ts';
import { hidden } from '../access/hidden.ts';
import type { App, RouteOptions } from '../routing/route-options.ts';
import { neutronError } from './neutron-error.ts';
import { neutronPage } from './neutron-page.ts';

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
