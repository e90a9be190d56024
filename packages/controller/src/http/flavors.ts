import { FlavorSchema, NewFlavorSchema, ProblemSchema } from '@ferry/api';
import { Type } from 'typebox';
import { ferry } from './access/access.ts';
import { listPage, ListQuerySchema, pageSchema } from './list-page.ts';
import type { App, RouteOptions } from './route-options.ts';

/** Flavors: list, make, remove. Instances keep what theirs was. */
export function flavorRoutes(app: App, { controls }: RouteOptions): Promise<void> {
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
      const { page, next } = listPage(await controls.ownFlavors.list(), query, ({ id }) => id);
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
    async (request, reply) => reply.code(201).send(await controls.ownFlavors.create(request.body)),
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
    (request) => controls.ownFlavors.remove(request.params.flavor),
  );
  return Promise.resolve();
}
