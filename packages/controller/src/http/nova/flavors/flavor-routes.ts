import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import {
  type NewFlavor,
  changeFlavor,
  createFlavor,
  deleteFlavor,
  findFlavor,
  listFlavors,
} from '../../../operations/flavors/flavors.ts';
import { inProject, ofAll } from '../../access/access.ts';
import type { App, RouteOptions } from '../../routing/api.ts';
import { speaks, spoken } from '../microversions.ts';
import { pageInMemory, type Query } from '../paging.ts';
import { isYes, requireBody } from '../require-body.ts';
import {
  selectFlavors,
  ChangedFlavorSchema,
  DescribedFlavorSchema,
  NewFlavorSchema,
} from './flavor-schemas.ts';
import type { Flavor } from '@ferry/model';
import { publicUrl } from '../../openstack/public-url.ts';

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

/** A flavor as lists name it. */
function flavorEntry(request: FastifyRequest, flavor: Flavor): Record<string, unknown> {
  return {
    id: flavor.id,
    name: flavor.name,
    links: linksOf(request, flavor),
    ...(speaks(request, 55) ? { description: flavor.description } : {}),
  };
}

/** A flavor with everything. Extra specs are told to whoever may use it. */
function flavorBody(request: FastifyRequest, flavor: Flavor): Record<string, unknown> {
  // No swap was an empty text before 2.75.
  const noSwap = speaks(request, 75) ? 0 : '';
  return {
    id: flavor.id,
    name: flavor.name,
    ram: flavor.memoryMib,
    disk: flavor.rootGib,
    swap: flavor.swapMib === 0 ? noSwap : flavor.swapMib,
    'OS-FLV-EXT-DATA:ephemeral': flavor.ephemeralGib,
    'OS-FLV-DISABLED:disabled': false,
    vcpus: flavor.vcpus,
    'os-flavor-access:is_public': flavor.isPublic,
    rxtx_factor: flavor.rxtxFactor,
    links: linksOf(request, flavor),
    ...(speaks(request, 55) ? { description: flavor.description } : {}),
    ...(speaks(request, 61) ? { extra_specs: flavor.extraSpecs } : {}),
  };
}

function linksOf(request: FastifyRequest, { id }: Flavor): object[] {
  const base = publicUrl(request);
  return [
    { rel: 'self', href: `${base}/v2.1/flavors/${id}` },
    { rel: 'bookmark', href: `${base}/flavors/${id}` },
  ];
}
