import { ImageSchema, ProblemSchema } from '@ferry/api';
import { Type } from 'typebox';
import { ferry } from '../access/access.ts';
import { listPage, ListQuerySchema, pageSchema } from './list-page.ts';
import type { App, RouteOptions } from '../routing/api.ts';
import { imagesOf, removeImageOf } from '../../operations/files/base-images/list-images.ts';

/** Base images of hosts: list, remove. */
export function imageRoutes(app: App, { api }: RouteOptions): Promise<void> {
  app.get(
    '/hosts/:host/images',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'Base images of a host, and who uses them',
        params: Type.Object({ host: Type.String() }),
        querystring: ListQuerySchema,
        response: {
          200: pageSchema('images', ImageSchema),
          404: ProblemSchema,
          502: ProblemSchema,
        },
      },
    },
    async ({ params, query }) => {
      const { page, next } = listPage(await imagesOf(api.services, params.host), query, ({ path }) => path);
      return { images: page, next };
    },
  );
  app.delete(
    '/hosts/:host/images',
    {
      config: { access: ferry('admin') },
      schema: {
        summary: 'Remove a base image that nothing uses',
        params: Type.Object({ host: Type.String() }),
        querystring: Type.Object(
          { path: Type.String({ minLength: 2, maxLength: 4096, pattern: '^/' }) },
          { additionalProperties: false },
        ),
        response: { 200: ImageSchema, 404: ProblemSchema, 409: ProblemSchema, 502: ProblemSchema },
      },
    },
    (request) => removeImageOf(api.services, request.params.host, request.query.path),
  );
  return Promise.resolve();
}
