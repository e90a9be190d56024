import { ChangeMigrationSchema, MigrationFilterSchema, MigrationSchema, ProblemSchema } from '@ferry/api';
import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { ferry } from './access/access.ts';
import { filteredQuery, pageBounds, pageSchema } from './list-page.ts';
import type { App, RouteOptions } from './route-options.ts';

const named = Type.Object({ migration: Type.String() });

const endings = {
  'force-complete':
    'Bring a live migration to its end now: by post-copy where that was allowed, else with the guest paused',
  'post-copy': 'Let the guest run on the target now, and fetch the rest of its memory there',
  pause: 'Pause the guest until the target has it',
} as const;

/** Migrations: list, show, abort, confirm, revert. */
export function migrationRoutes(app: App, { controls }: RouteOptions): Promise<void> {
  app.get(
    '/migrations',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'All migrations, newest first',
        querystring: filteredQuery(MigrationFilterSchema),
        response: { 200: pageSchema('migrations', MigrationSchema) },
      },
    },
    async ({ query: { limit, marker, ...filter } }) => {
      const { entries, next } = await controls.migrations(filter, pageBounds({ limit, marker }));
      return { migrations: entries, next };
    },
  );
  app.get(
    '/migrations/:migration',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'One migration',
        params: named,
        response: { 200: MigrationSchema, 404: ProblemSchema },
      },
    },
    (request) => controls.migration(request.params.migration),
  );
  app.post(
    '/migrations/:migration/abort',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'End a migration; the instance runs on at its source',
        params: named,
        response: { 202: MigrationSchema, 404: ProblemSchema, 409: ProblemSchema },
      },
    },
    async (request, reply) => reply.code(202).send(await controls.abort(request.params.migration)),
  );
  app.patch(
    '/migrations/:migration',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'Change what holds for a live migration that is sending',
        params: named,
        body: ChangeMigrationSchema,
        response: { 200: MigrationSchema, 400: ProblemSchema, 404: ProblemSchema, 409: ProblemSchema },
      },
    },
    (request) => controls.changeTransfer(request.params.migration, request.body),
  );
  for (const end of ['force-complete', 'post-copy', 'pause'] as const)
    app.post(
      `/migrations/:migration/${end}`,
      {
        config: { access: ferry('operator') },
        schema: {
          summary: endings[end],
          params: named,
          response: { 202: MigrationSchema, 404: ProblemSchema, 409: ProblemSchema },
        },
      },
      async (request, reply) =>
        reply.code(202).send(await controls.endTransfer(request.params.migration, end)),
    );
  app.get(
    '/migrations/:migration/recording',
    {
      config: { access: ferry('reader') },
      schema: {
        summary:
          'What a migration showed and what was decided on it, as lines of JSON (application/x-ndjson)',
        params: named,
      },
    },
    async (request, reply) => {
      const lines = await controls.recording(request.params.migration);
      return reply.header('content-type', 'application/x-ndjson').send(Readable.from(lines));
    },
  );
  for (const decision of ['confirm', 'revert'] as const) {
    const summary =
      decision === 'confirm'
        ? 'A held migration stays at its target; the source lets go of it'
        : 'A held migration goes back to its source, as it was before';
    app.post(
      `/migrations/:migration/${decision}`,
      {
        config: { access: ferry('operator') },
        schema: {
          summary,
          params: named,
          response: { 202: MigrationSchema, 404: ProblemSchema, 409: ProblemSchema },
        },
      },
      async (request, reply) =>
        reply.code(202).send(await controls.decide(request.params.migration, decision)),
    );
  }
  return Promise.resolve();
}
