import {
  type NewVolumeBody,
  type VolumeBody,
  NewVolumeSchema,
  ProblemSchema,
  SetVolumeSchema,
  VolumeSchema,
} from '@ferry/api';
import { firstProject, firstUser } from '@ferry/model';
import { projectIdOf } from '../../operations/identity/projects.ts';
import { volumeNamed } from '../../operations/volumes/find-volume.ts';
import { placeOfNewVolume } from '../../operations/volumes/place-of-new-volume.ts';
import { deleteVolume } from '../../operations/volumes/remove-from-catalogue.ts';
import { setVolume } from '../../operations/volumes/set-volume.ts';
import { createVolume } from '../../operations/volumes/take-into-catalogue.ts';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import type { Api, App, RouteOptions } from '../routing/api.ts';
import { volumeBodies } from './views/volume-view.ts';
import { Type } from 'typebox';
import { ferry } from '../access/access.ts';
import { listPage, ListQuerySchema, pageSchema } from './list-page.ts';

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
