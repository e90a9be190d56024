import {
  type NewVolumeTypeBody,
  type VolumeTypeBody,
  NewVolumeTypeSchema,
  ProblemSchema,
  VolumeTypeSchema,
} from '@ferry/api';
import type { VolumeType } from '@ferry/model';
import { addVolumeType, removeVolumeType, volumeTypes } from '../../operations/volumes/volume-types.ts';
import type { Api, App, RouteOptions } from '../routing/api.ts';
import { volumeTypeBodies } from './views/volume-view.ts';
import { Type } from 'typebox';
import { ferry } from '../access/access.ts';
import { listPage, ListQuerySchema, pageSchema } from './list-page.ts';

/** Volume types, pools that projects may have volumes made in: list, name, forget. */
export function volumeTypeRoutes(app: App, { api }: RouteOptions): Promise<void> {
  const one = async (type: VolumeType): Promise<VolumeTypeBody> => {
    const [body] = await volumeTypeBodies(api.store, [type]);
    if (body === undefined) throw new Error('one type makes one body');
    return body;
  };
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
      const { page, next } = listPage(
        await volumeTypeBodies(api.store, await volumeTypes(api.services)),
        query,
        ({ id }) => id,
      );
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
    async (request, reply) => reply.code(201).send(await one(await add(api, request.body))),
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
    async (request) => one(await removeVolumeType(api.services, request.params.type)),
  );
  return Promise.resolve();
}

function add(
  { services }: Api,
  { name, description = null, pool, hosts = [], shared = false, isDefault = false }: NewVolumeTypeBody,
): Promise<VolumeType> {
  return addVolumeType(services, { name, description, pool, hosts, shared, isDefault });
}
