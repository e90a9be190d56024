import type { Flavor } from '@ferry/model';
import { ofAll } from '../../access/access.ts';
import type { App, RouteOptions } from '../../routing/route-options.ts';
import { NovaFault } from '../nova-fault.ts';
import { requireBody } from '../require-body.ts';
import { spoken } from '../spoken.ts';
import { AddAccessSchema, RemoveAccessSchema } from './flavor-schemas.ts';
import { changeFlavor } from '../../../operations/flavors/flavors.ts';
import { findFlavor } from '../../../operations/flavors/flavors.ts';

type OneFlavor = { Params: { id: string } };

/** Which projects may use a flavor that is not public. */
export function flavorAccessRoutes(app: App, { api }: RouteOptions): void {
  app.get<OneFlavor>(
    '/flavors/:id/os-flavor-access',
    spoken(ofAll('admin', 'os-flavor-access')),
    (request) => {
      return findFlavor(api.services, request.caller, request.params.id).then((flavor) => {
        if (flavor.isPublic) throw new NovaFault(404, 'Access list not available for public flavors.');
        return accessBody(flavor);
      });
    },
  );
  app.post<OneFlavor>('/flavors/:id/action', spoken(ofAll('admin', 'os-flavor-access')), (request) => {
    const { body } = request;
    const adds = typeof body === 'object' && body !== null && 'addTenantAccess' in body;
    const how = adds
      ? adding(requireBody(AddAccessSchema, body, '').addTenantAccess.tenant)
      : removing(requireBody(RemoveAccessSchema, body, '').removeTenantAccess.tenant);
    return changeFlavor(api.services, request.params.id, how).then(accessBody);
  });
}

function adding(project: string): (flavor: Flavor) => Flavor {
  return (flavor) => {
    if (flavor.isPublic) throw new NovaFault(409, 'Can not add access to a public flavor.');
    if (flavor.access.includes(project))
      throw new NovaFault(
        409,
        `Flavor access already exists for flavor ${flavor.id} and project ${project} combination.`,
      );
    return { ...flavor, access: [...flavor.access, project] };
  };
}

function removing(project: string): (flavor: Flavor) => Flavor {
  return (flavor) => {
    if (!flavor.access.includes(project))
      throw new NovaFault(404, `Flavor access not found for ${flavor.id} / ${project} combination.`);
    return { ...flavor, access: flavor.access.filter((one) => one !== project) };
  };
}

function accessBody({ id, access }: Flavor): Record<string, unknown> {
  return { flavor_access: access.map((project) => ({ flavor_id: id, tenant_id: project })) };
}
