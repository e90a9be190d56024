import {
  type FlavorBody,
  type NewFlavorBody,
  FlavorSchema,
  NewFlavorSchema,
  ProblemSchema,
} from '@ferry/api';
import type { Flavor } from '@ferry/model';
import { createFlavor, deleteFlavor, flavorNamed } from '../../operations/flavors/flavors.ts';
import type { Api, App, RouteOptions } from '../routing/api.ts';
import { Type } from 'typebox';
import { ferry } from '../access/access.ts';
import { listPage, ListQuerySchema, pageSchema } from './list-page.ts';

/** Flavors: list, make, remove. Instances keep what theirs was. */
export function flavorRoutes(app: App, { api }: RouteOptions): Promise<void> {
  app.get(
    '/flavors',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'All flavors',
        querystring: ListQuerySchema,
        response: { 200: pageSchema('flavors', FlavorSchema) },
      },
    },
    async ({ query }) => {
      const { page, next } = listPage(
        (await api.store.flavors.list()).map(flavorBody),
        query,
        ({ id }) => id,
      );
      return { flavors: page, next };
    },
  );
  app.post(
    '/flavors',
    {
      config: { access: ferry('admin') },
      schema: {
        summary: 'Make a flavor',
        body: NewFlavorSchema,
        response: { 201: FlavorSchema, 409: ProblemSchema },
      },
    },
    async (request, reply) => reply.code(201).send(flavorBody(await create(api, request.body))),
  );
  app.delete(
    '/flavors/:flavor',
    {
      config: { access: ferry('admin') },
      schema: {
        summary: 'Remove a flavor, by its id or its name; instances keep what it was',
        params: Type.Object({ flavor: Type.String() }),
        response: { 200: FlavorSchema, 404: ProblemSchema },
      },
    },
    async (request) => {
      const flavor = await flavorNamed(api.services, request.params.flavor);
      await deleteFlavor(api.services, flavor.id);
      return flavorBody(flavor);
    },
  );
  return Promise.resolve();
}

function create(
  { services }: Api,
  { name, id, vcpus, memoryMib, rootGib = 0, isPublic = true, description = null }: NewFlavorBody,
): Promise<Flavor> {
  return createFlavor(services, {
    id: id ?? null,
    name,
    vcpus,
    memoryMib,
    rootGib,
    ephemeralGib: 0,
    swapMib: 0,
    rxtxFactor: 1,
    isPublic,
    description,
  });
}

/** A flavor as Ferry's API shows it. */
function flavorBody({ id, name, vcpus, memoryMib, rootGib, isPublic, description }: Flavor): FlavorBody {
  return { id, name, vcpus, memoryMib, rootGib, isPublic, description };
}
