import {
  AddHostSchema,
  FenceHostSchema,
  HostDetailSchema,
  HostFilterSchema,
  HostSchema,
  ProblemSchema,
  SetHostSchema,
} from '@ferry/api';
import { Type } from 'typebox';
import { ferry } from './access/access.ts';
import { filteredQuery, listPage, pageSchema } from './list-page.ts';
import type { App, RouteOptions } from './route-options.ts';

/** Hosts: list, show with what they run, add. */
export function hostRoutes(app: App, { controls }: RouteOptions): Promise<void> {
  app.get(
    '/hosts',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'All hosts',
        querystring: filteredQuery(HostFilterSchema),
        response: { 200: pageSchema('hosts', HostSchema) },
      },
    },
    async ({ query: { limit, marker, ...filter } }) => {
      const { page, next } = listPage(await controls.hosts(filter), { limit, marker }, ({ id }) => id);
      return { hosts: page, next };
    },
  );
  app.get(
    '/hosts/:host',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'One host and what runs on it',
        params: Type.Object({ host: Type.String() }),
        response: { 200: HostDetailSchema, 404: ProblemSchema },
      },
    },
    (request) => controls.showHost(request.params.host),
  );
  app.post(
    '/hosts',
    {
      config: { access: ferry('admin') },
      schema: {
        summary: 'Take in a plain libvirt host as it is',
        body: AddHostSchema,
        response: { 201: HostDetailSchema, 409: ProblemSchema, 502: ProblemSchema },
      },
    },
    async (request, reply) => reply.code(201).send(await controls.addHost(request.body)),
  );
  app.patch(
    '/hosts/:host',
    {
      config: { access: ferry('admin') },
      schema: {
        summary: 'Set what an operator knows of a host',
        params: Type.Object({ host: Type.String() }),
        body: SetHostSchema,
        response: { 200: HostSchema, 404: ProblemSchema },
      },
    },
    (request) => controls.setHost(request.params.host, request.body),
  );
  app.delete(
    '/hosts/:host',
    {
      config: { access: ferry('admin') },
      schema: {
        summary: 'Look after a host no more; nothing on it is touched',
        params: Type.Object({ host: Type.String() }),
        response: { 200: HostSchema, 404: ProblemSchema, 409: ProblemSchema },
      },
    },
    (request) => controls.forgetHost(request.params.host),
  );
  app.post(
    '/hosts/:host/fence',
    {
      config: { access: ferry('admin') },
      schema: {
        summary: 'Have a host that does not answer powered off by the hook, or say that it is off',
        params: Type.Object({ host: Type.String() }),
        body: FenceHostSchema,
        response: { 200: HostSchema, 404: ProblemSchema, 409: ProblemSchema, 502: ProblemSchema },
      },
    },
    (request) => controls.fence(request.params.host, request.body),
  );
  return Promise.resolve();
}
