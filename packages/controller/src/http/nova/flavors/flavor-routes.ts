import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import type { NewFlavor } from '../../../operations/flavors/flavors.ts';
import type { App, RouteOptions } from '../../route-options.ts';
import { speaks } from '../microversions.ts';
import { pageInMemory } from '../page-in-memory.ts';
import type { Query } from '../paging.ts';
import { isYes, requireBody } from '../require-body.ts';
import { requireRole } from '../require-role.ts';
import { flavorBody, flavorEntry } from './flavor-body.ts';
import { selectFlavors } from './flavor-query.ts';
import { ChangedFlavorSchema, DescribedFlavorSchema, NewFlavorSchema } from './flavor-schemas.ts';

type OneFlavor = { Params: { id: string } };
const hide = { schema: { hide: true } } as const;

/** Flavors: list, show, make, describe, delete. */
export function flavorRoutes(app: App, { controls }: RouteOptions): void {
  const { flavors } = controls;
  const list = async (
    request: FastifyRequest,
    bodyOf: typeof flavorBody,
  ): Promise<Record<string, unknown>> => {
    const { caller, microversion } = request;
    const found = selectFlavors(await flavors.list(caller), request.query as Query, caller, microversion);
    const { page, links } = pageInMemory(request, found, ({ id }) => id);
    return {
      flavors: page.map((flavor) => bodyOf(request, flavor)),
      ...(links === null ? {} : { flavors_links: links }),
    };
  };
  app.get('/flavors', hide, (request) => list(request, flavorEntry));
  app.get('/flavors/detail', hide, (request) => list(request, flavorBody));
  app.get<OneFlavor>('/flavors/:id', hide, (request) =>
    flavors
      .flavor(request.caller, request.params.id)
      .then((flavor) => ({ flavor: flavorBody(request, flavor) })),
  );
  app.post('/flavors', hide, (request) => {
    const schema = speaks(request, 55) ? DescribedFlavorSchema : NewFlavorSchema;
    const body = requireBody(schema, request.body, '');
    requireRole(request.caller, 'admin', 'os-flavor-manage:create');
    return flavors.create(newFlavorOf(body)).then((flavor) => ({ flavor: flavorBody(request, flavor) }));
  });
  app.put<OneFlavor>('/flavors/:id', { ...hide, config: { since: 55 } }, (request) => {
    const { description } = requireBody(ChangedFlavorSchema, request.body, '').flavor;
    requireRole(request.caller, 'admin', 'os-flavor-manage:update');
    return flavors
      .change(request.params.id, (flavor) => ({ ...flavor, description }))
      .then((flavor) => ({ flavor: flavorBody(request, flavor) }));
  });
  app.delete<OneFlavor>('/flavors/:id', hide, (request, reply) => {
    requireRole(request.caller, 'admin', 'os-flavor-manage:delete');
    return flavors.remove(request.params.id).then(() => reply.code(202).send());
  });
}

function newFlavorOf({ flavor }: Static<typeof DescribedFlavorSchema>): NewFlavor {
  const { id = null, rxtx_factor: rxtxFactor = 1, swap = 0 } = flavor;
  return {
    // `auto` asks for an id that is made up, as no id does.
    id: id === null || id === 'auto' ? null : String(id),
    name: flavor.name,
    vcpus: Number(flavor.vcpus),
    memoryMib: Number(flavor.ram),
    rootGib: Number(flavor.disk),
    ephemeralGib: Number(flavor['OS-FLV-EXT-DATA:ephemeral'] ?? 0),
    swapMib: Number(swap),
    rxtxFactor: Number(rxtxFactor),
    isPublic: isYes(flavor['os-flavor-access:is_public'] ?? true),
    description: flavor.description ?? null,
  };
}
