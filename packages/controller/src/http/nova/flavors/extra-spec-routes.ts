import type { Flavor } from '@ferry/model';
import { inProject, ofAll } from '../../access/access.ts';
import type { App, RouteOptions } from '../../routing/api.ts';
import { NovaFault } from '../nova-fault.ts';
import { requireBody } from '../require-body.ts';
import { spoken } from '../microversions.ts';
import {
  ExtraSpecsSchema,
  OneExtraSpecSchema,
  AddAccessSchema,
  RemoveAccessSchema,
} from './flavor-schemas.ts';
import { changeFlavor, findFlavor } from '../../../operations/flavors/flavors.ts';

type Specs = Flavor['extraSpecs'];
type OneFlavor = { Params: { id: string } };
type OneSpec = { Params: { id: string; key: string } };
const policy = 'os-flavor-extra-specs';

/** Extra specs of flavors. Ferry keeps and tells them; none of them changes how an instance is made. */
export function extraSpecRoutes(app: App, { api }: RouteOptions): void {
  const change = (id: string, how: (specs: Specs) => Specs): Promise<Flavor> =>
    changeFlavor(api.services, id, (flavor) => ({ ...flavor, extraSpecs: how(flavor.extraSpecs) }));
  app.get<OneFlavor>(
    '/flavors/:id/os-extra_specs',
    spoken(inProject('token', `${policy}:index`)),
    (request) =>
      findFlavor(api.services, request.caller, request.params.id).then(({ extraSpecs }) => ({
        extra_specs: extraSpecs,
      })),
  );
  app.post<OneFlavor>(
    '/flavors/:id/os-extra_specs',
    spoken(ofAll('admin', `${policy}:create`)),
    (request) => {
      const { extra_specs: added } = requireBody(ExtraSpecsSchema, request.body, '');
      const texts = textsOf(added);
      return change(request.params.id, (specs) => ({ ...specs, ...texts })).then(() => ({
        extra_specs: texts,
      }));
    },
  );
  app.get<OneSpec>(
    '/flavors/:id/os-extra_specs/:key',
    spoken(inProject('token', `${policy}:show`)),
    (request) =>
      findFlavor(api.services, request.caller, request.params.id).then((flavor) => {
        const { key } = request.params;
        return { [key]: specOf(flavor, key) };
      }),
  );
  app.put<OneSpec>(
    '/flavors/:id/os-extra_specs/:key',
    spoken(ofAll('admin', `${policy}:update`)),
    (request) => {
      const texts = textsOf(requireBody(OneExtraSpecSchema, request.body, ''));
      if (!Object.hasOwn(texts, request.params.key))
        throw new NovaFault(400, 'Request body and URI mismatch');
      return change(request.params.id, (specs) => ({ ...specs, ...texts })).then(() => texts);
    },
  );
  app.delete<OneSpec>(
    '/flavors/:id/os-extra_specs/:key',
    spoken(ofAll('admin', `${policy}:delete`)),
    (request, reply) => {
      const { id, key } = request.params;
      return changeFlavor(api.services, id, (flavor) => {
        specOf(flavor, key);
        const { [key]: _gone, ...extraSpecs } = flavor.extraSpecs;
        return { ...flavor, extraSpecs };
      }).then(() => reply.code(200).send());
    },
  );
}

function textsOf(specs: Readonly<Record<string, string | number>>): Specs {
  return Object.fromEntries(Object.entries(specs).map(([key, value]) => [key, String(value)]));
}

function specOf({ id, extraSpecs }: Flavor, key: string): string {
  const value = Object.hasOwn(extraSpecs, key) ? extraSpecs[key] : undefined;
  if (value === undefined) throw new NovaFault(404, `Flavor ${id} has no extra specs with key ${key}.`);
  return value;
}

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
