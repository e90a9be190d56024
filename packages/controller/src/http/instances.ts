import {
  AdoptInstanceSchema,
  CheckReportSchema,
  ConsoleSchema,
  EvacuateSchema,
  InstanceFilterSchema,
  InstanceSchema,
  KeepInstanceSchema,
  MigrationSchema,
  MoveSchema,
  NewConsoleSchema,
  ProblemSchema,
} from '@ferry/api';
import { Type } from 'typebox';
import { tokenOf } from './authentication.ts';
import { consolePagePath, consoleStreamPath } from './consoles/console-paths.ts';
import { ferry } from './access/access.ts';
import { filteredQuery, pageBounds, pageSchema } from './list-page.ts';
import type { App, RouteOptions } from './route-options.ts';

const named = Type.Object({ instance: Type.String() });

/** Instances: list, show, adopt, check a move, move. Who may move is a check of its own, so that it is among the findings. */
export function instanceRoutes(app: App, { controls }: RouteOptions): Promise<void> {
  app.get(
    '/instances',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'All instances',
        querystring: filteredQuery(InstanceFilterSchema),
        response: { 200: pageSchema('instances', InstanceSchema), 404: ProblemSchema },
      },
    },
    async ({ query: { limit, marker, ...filter } }) => {
      const { entries, next } = await controls.instances(filter, pageBounds({ limit, marker }));
      return { instances: entries, next };
    },
  );
  app.get(
    '/instances/:instance',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'One instance',
        params: named,
        response: { 200: InstanceSchema, 404: ProblemSchema },
      },
    },
    (request) => controls.instance(request.params.instance),
  );
  app.post(
    '/instances',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'Take in a domain',
        body: AdoptInstanceSchema,
        response: { 201: InstanceSchema, 409: ProblemSchema },
      },
    },
    async (request, reply) => reply.code(201).send(await controls.adopt(request.body)),
  );
  app.delete(
    '/instances/:instance',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'Look after an instance no more; its domain and its files stay as they are',
        params: named,
        response: { 200: InstanceSchema, 404: ProblemSchema, 409: ProblemSchema },
      },
    },
    (request) => controls.forget(request.params.instance),
  );
  app.post(
    '/instances/:instance/keep',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'Of several copies that were paused, let one go on and end the others; no disk is touched',
        params: named,
        body: KeepInstanceSchema,
        response: {
          200: InstanceSchema,
          403: ProblemSchema,
          404: ProblemSchema,
          409: ProblemSchema,
          502: ProblemSchema,
        },
      },
    },
    (request) => controls.keep(request.params.instance, request.body),
  );
  app.post(
    '/instances/:instance/consoles',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'A token that opens the serial console or the screen of an instance for some minutes',
        params: named,
        body: NewConsoleSchema,
        response: {
          201: ConsoleSchema,
          403: ProblemSchema,
          404: ProblemSchema,
          409: ProblemSchema,
          502: ProblemSchema,
        },
      },
    },
    async (request, reply) => {
      const { id } = await controls.instance(request.params.instance);
      const { kind, token, expiresAt } = await controls.requestConsole(
        id,
        request.body.kind,
        tokenOf(request) ?? '',
      );
      const paths = { streamPath: consoleStreamPath(token), pagePath: consolePagePath(kind, token) };
      return reply.code(201).send({ kind, ...paths, expiresAt });
    },
  );
  app.post(
    '/instances/:instance/check',
    {
      config: { access: ferry('operator'), audit: false },
      schema: {
        summary: 'Would this move work? All findings, nothing changed',
        params: named,
        body: MoveSchema,
        response: { 200: CheckReportSchema, 404: ProblemSchema },
      },
    },
    (request) => controls.check(request.role, request.params.instance, request.body),
  );
  app.post(
    '/instances/:instance/migrations',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'Move an instance; refused with all findings when a check forbids it',
        params: named,
        body: MoveSchema,
        response: { 202: MigrationSchema, 403: ProblemSchema, 404: ProblemSchema, 409: ProblemSchema },
      },
    },
    async (request, reply) =>
      reply.code(202).send(await controls.move(request.role, request.params.instance, request.body)),
  );
  app.post(
    '/instances/:instance/evacuate',
    {
      config: { access: ferry('admin') },
      schema: {
        summary:
          'Start an instance elsewhere because its host is gone and known to be off; its disks must be there',
        params: named,
        body: EvacuateSchema,
        response: { 202: MigrationSchema, 403: ProblemSchema, 404: ProblemSchema, 409: ProblemSchema },
      },
    },
    async (request, reply) =>
      reply.code(202).send(await controls.evacuate(request.role, request.params.instance, request.body)),
  );
  return Promise.resolve();
}
