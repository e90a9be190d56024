import {
  type NewVolumeBody,
  NewVolumeSchema,
  type NewVolumeTypeBody,
  NewVolumeTypeSchema,
  ProblemSchema,
  SetVolumeSchema,
  type VolumeBody,
  VolumeSchema,
  type VolumeTypeBody,
  VolumeTypeSchema,
} from '@ferry/api';
import { firstProject, firstUser, type VolumeType } from '@ferry/model';
import { Type } from 'typebox';
import { projectIdOf } from '../../operations/identity/projects.ts';
import { volumeNamed } from '../../operations/volumes/find-volume.ts';
import { placeOfNewVolume } from '../../operations/volumes/place-of-new-volume.ts';
import { deleteVolume } from '../../operations/volumes/remove-content.ts';
import { setVolume } from '../../operations/volumes/set-volume.ts';
import { createVolume } from '../../operations/volumes/take-into-catalogue.ts';
import { addVolumeType, removeVolumeType, volumeTypes } from '../../operations/volumes/volume-types.ts';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import { ferry } from '../access/access.ts';
import type { Api, App, RouteOptions } from '../routing/api.ts';
import { listPage, ListQuerySchema, pageSchema } from './list-page.ts';
import { volumeBodies, volumeTypeBodies } from './views/volume-view.ts';

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

const One = Type.Object({ volume: Type.String() });

/** The catalogue of volumes: list, show, make known or make, delete. Instances are given them by the compute API. */
export function volumeRoutes(app: App, { api }: RouteOptions): Promise<void> {
  const one = async (record: VolumeRecord): Promise<VolumeBody> => {
    const [body] = await volumeBodies(api.store, [record]);
    if (body === undefined) throw new Error('one record makes one body');
    return body;
  };
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
      const { page, next } = listPage(
        await volumeBodies(api.store, await api.store.catalogue.list()),
        query,
        ({ id }) => id,
      );
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
    async (request) => one(await volumeNamed(api.services, request.params.volume)),
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
    async (request, reply) => reply.code(201).send(await one(await create(api, request.body))),
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
    async ({ params, body }) =>
      one(await setVolume(api.services, await volumeNamed(api.services, params.volume), body)),
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
    async ({ params, query }) => {
      const record = await volumeNamed(api.services, params.volume);
      const body = await one(record);
      await deleteVolume(api.services, record, query.content === 'true');
      return body;
    },
  );
  return Promise.resolve();
}

async function create(api: Api, body: NewVolumeBody): Promise<VolumeRecord> {
  const projectId = body.project === undefined ? firstProject.id : await projectIdOf(api, body.project);
  return createVolume(api.services, {
    name: body.name,
    description: body.description ?? null,
    projectId,
    userId: firstUser.id,
    place: placeOfNewVolume(body),
    hosts: body.hosts ?? [],
    sizeBytes: body.sizeBytes ?? null,
    format: body.format ?? null,
    shareable: body.shareable ?? false,
  });
}
