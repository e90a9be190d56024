import { NewVolumeTypeSchema, ProblemSchema, VolumeTypeSchema } from '@ferry/api';
import { Type } from 'typebox';
import { ferry } from './access/access.ts';
import { listPage, ListQuerySchema, pageSchema } from './list-page.ts';
import type { App, RouteOptions } from './route-options.ts';

/** Volume types, pools that projects may have volumes made in: list, name, forget. */
export function volumeTypeRoutes(app: App, { controls }: RouteOptions): Promise<void> {
  const { volumes } = controls;
  app.get(
    '/volume-types',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'All volume types, and which pools they are',
        querystring: ListQuerySchema,
        response: { 200: pageSchema('volumeTypes', VolumeTypeSchema) },
      },
    },
    async ({ query }) => {
      const { page, next } = listPage(await volumes.ownTypes(), query, ({ id }) => id);
      return { volumeTypes: page, next };
    },
  );
  app.post(
    '/volume-types',
    {
      config: { access: ferry('admin') },
      schema: {
        summary: 'Name a pool for projects to have volumes in',
        body: NewVolumeTypeSchema,
        response: { 201: VolumeTypeSchema, 404: ProblemSchema, 409: ProblemSchema },
      },
    },
    async (request, reply) => reply.code(201).send(await volumes.addType(request.body)),
  );
  app.delete(
    '/volume-types/:type',
    {
      config: { access: ferry('admin') },
      schema: {
        summary: 'Forget a volume type, by its id or its name; its volumes stay',
        params: Type.Object({ type: Type.String() }),
        response: { 200: VolumeTypeSchema, 404: ProblemSchema, 409: ProblemSchema },
      },
    },
    (request) => volumes.removeType(request.params.type),
  );
  return Promise.resolve();
}
