import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import type { NewFlavor } from '../../../operations/flavors/flavors.ts';
import { inProject, ofAll } from '../../access/access.ts';
import type { App, RouteOptions } from '../../routing/route-options.ts';
import { speaks } from '../microversions.ts';
import { pageInMemory } from '../page-in-memory.ts';
import type { Query } from '../paging.ts';
import { isYes, requireBody } from '../require-body.ts';
import { spoken } from '../spoken.ts';
import { flavorBody, flavorEntry } from './flavor-body.ts';
import { selectFlavors } from './flavor-query.ts';
import { ChangedFlavorSchema, DescribedFlavorSchema, NewFlavorSchema } from './flavor-schemas.ts';
import { changeFlavor } from '../../../operations/flavors/flavors.ts';
import { createFlavor } from '../../../operations/flavors/flavors.ts';
import { deleteFlavor } from '../../../operations/flavors/flavors.ts';
import { findFlavor } from '../../../operations/flavors/flavors.ts';
import { listFlavors } from '../../../operations/flavors/flavors.ts';

type OneFlavor = { Params: { id: string } };

/** Flavors: list, show, make, describe, delete. */
export function flavorRoutes(app: App, { api }: RouteOptions): void {
  const list = async (
    request: FastifyRequest,
    bodyOf: typeof flavorBody,
  ): Promise<Record<string, unknown>> => {
    const { caller, microversion } = request;
    const found = selectFlavors(
      await listFlavors(api.services, caller),
      request.query as Query,
      caller,
      microversion,
    );
    const { page, links } = pageInMemory(request, found, ({ id }) => id);
    return {
      flavors: page.map((flavor) => bodyOf(request, flavor)),
      ...(links === null ? {} : { flavors_links: links }),
    };
  };
  app.get('/flavors', spoken(inProject('token', 'flavors')), (request) => list(request, flavorEntry));
  app.get('/flavors/detail', spoken(inProject('token', 'flavors')), (request) => list(request, flavorBody));
  app.get<OneFlavor>('/flavors/:id', spoken(inProject('token', 'flavors')), (request) =>
    findFlavor(api.services, request.caller, request.params.id).then((flavor) => ({
      flavor: flavorBody(request, flavor),
    })),
  );
  app.post('/flavors', spoken(ofAll('admin', 'os-flavor-manage:create')), (request) => {
    const schema = speaks(request, 55) ? DescribedFlavorSchema : NewFlavorSchema;
    const body = requireBody(schema, request.body, '');
    return createFlavor(api.services, newFlavorOf(body)).then((flavor) => ({
      flavor: flavorBody(request, flavor),
    }));
  });
  app.put<OneFlavor>('/flavors/:id', spoken(ofAll('admin', 'os-flavor-manage:update'), 55), (request) => {
    const { description } = requireBody(ChangedFlavorSchema, request.body, '').flavor;
    return changeFlavor(api.services, request.params.id, (flavor) => ({ ...flavor, description })).then(
      (flavor) => ({ flavor: flavorBody(request, flavor) }),
    );
  });
  app.delete<OneFlavor>(
    '/flavors/:id',
    spoken(ofAll('admin', 'os-flavor-manage:delete')),
    (request, reply) => {
      return deleteFlavor(api.services, request.params.id).then(() => reply.code(202).send());
    },
  );
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
