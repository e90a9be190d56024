import { FlavorSchema, NewFlavorSchema, ProblemSchema } from '@ferry/api';
import { Type } from 'typebox';
import { ferry } from './access/access.ts';
import type { App, RouteOptions } from './route-options.ts';

/** Flavors: list, make, remove. Instances keep what theirs was. */
export function flavorRoutes(app: App, { controls }: RouteOptions): Promise<void> {
  app.get(
    '/flavors',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'All flavors',
        response: { 200: Type.Object({ flavors: Type.Array(FlavorSchema) }) },
      },
    },
    async () => ({ flavors: await controls.ownFlavors.list() }),
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
