import { NewVolumeSchema, ProblemSchema, SetVolumeSchema, VolumeSchema } from '@ferry/api';
import { Type } from 'typebox';
import { ferry } from './access/access.ts';
import { listPage, ListQuerySchema, pageSchema } from './list-page.ts';
import type { App, RouteOptions } from './route-options.ts';

const One = Type.Object({ volume: Type.String() });

/** The catalogue of volumes: list, show, make known or make, delete. Instances are given them by the compute API. */
export function volumeRoutes(app: App, { controls }: RouteOptions): Promise<void> {
  const { volumes } = controls;
  app.get(
    '/volumes',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'All volumes of the catalogue, and who has them',
        querystring: ListQuerySchema,
        response: { 200: pageSchema('volumes', VolumeSchema) },
      },
    },
    async ({ query }) => {
      const { page, next } = listPage(await volumes.list(), query, ({ id }) => id);
      return { volumes: page, next };
    },
  );
  app.get(
    '/volumes/:volume',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'One volume by its name or id',
        params: One,
        response: { 200: VolumeSchema, 404: ProblemSchema, 409: ProblemSchema },
      },
    },
    (request) => volumes.show(request.params.volume),
  );
  app.post(
    '/volumes',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'Make a volume known, or make one in a pool',
        body: NewVolumeSchema,
        response: {
          201: VolumeSchema,
          400: ProblemSchema,
          404: ProblemSchema,
          409: ProblemSchema,
          502: ProblemSchema,
        },
      },
    },
    async (request, reply) => reply.code(201).send(await volumes.create(request.body)),
  );
  app.patch(
    '/volumes/:volume',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'Say anew which hosts have a volume, and what it is called',
        params: One,
        body: SetVolumeSchema,
        response: { 200: VolumeSchema, 400: ProblemSchema, 404: ProblemSchema, 409: ProblemSchema },
      },
    },
    (request) => volumes.set(request.params.volume, request.body),
  );
  app.delete(
    '/volumes/:volume',
    {
      config: { access: ferry('operator') },
      schema: {
        summary:
          'Take a volume that no instance has out of the catalogue; what Ferry made is removed with it',
        params: One,
        querystring: Type.Object(
          {
            content: Type.Optional(
              Type.Union([Type.Literal('true'), Type.Literal('false')], {
                description: 'remove it from its pool also where Ferry did not make it',
              }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 200: VolumeSchema, 404: ProblemSchema, 409: ProblemSchema, 502: ProblemSchema },
      },
    },
    (request) => volumes.remove(request.params.volume, request.query.content === 'true'),
  );
  return Promise.resolve();
}
