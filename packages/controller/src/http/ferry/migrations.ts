import { migrationActions } from '@ferry/model';
import { submitDecision } from '../../operations/cold-migrate/held/held-decision.ts';
import { Refusal } from '../../operations/engine/refusal.ts';
import { changeTransfer, endTransfer } from '../../operations/in-flight/change-transfer.ts';
import { readRecorded } from '../../operations/in-flight/read-recorded.ts';
import { abortMigration } from '../../operations/move/abort-migration.ts';
import { stepsOf } from '../../operations/context/steps-of.ts';
import { listMigrations } from './ferry-lists.ts';
import { migrationForecast } from '../../operations/forecast/migration-forecast.ts';
import { migrationForecastField, migrationBody } from './views/instance-view.ts';
import { Readable } from 'node:stream';
import { ChangeMigrationSchema, MigrationFilterSchema, MigrationSchema, ProblemSchema } from '@ferry/api';
import { Type } from 'typebox';
import { ferry } from '../access/access.ts';
import { filteredQuery, pageBounds, pageSchema } from './list-page.ts';
import type { App, RouteOptions } from '../routing/api.ts';

const named = Type.Object({ migration: Type.String() });

const endings = {
  'force-complete':
    'Bring a live migration to its end now: by post-copy where that was allowed, else with the guest paused',
  'post-copy': 'Let the guest run on the target now, and fetch the rest of its memory there',
  pause: 'Pause the guest until the target has it',
} as const;

/** Migrations: list, show, abort, confirm, revert. */
export function migrationRoutes(app: App, { api }: RouteOptions): Promise<void> {
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
      const { entries, next } = await listMigrations(api.store, filter, pageBounds({ limit, marker }));
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
    async ({ params: { migration: id } }) => {
      const found = await api.store.migrations.byId(id);
      if (found === null) throw new Refusal('migration-not-found', `There is no migration "${id}".`);
      const steps = await stepsOf(api.services, id);
      const actions = migrationActions(found, steps);
      const forecast = migrationForecastField(await migrationForecast(api.store, found));
      return { ...migrationBody(found), actions, steps: steps.timeline, ...forecast };
    },
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
    async (request, reply) => {
      const aborted = await abortMigration(api.services, request.params.migration);
      // One that waits to be tried again reads it now.
      await api.start(aborted.id);
      return reply.code(202).send(migrationBody(aborted));
    },
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
    async (request) =>
      migrationBody(await changeTransfer(api.services, request.params.migration, request.body)),
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
        reply.code(202).send(migrationBody(await endTransfer(api.services, request.params.migration, end))),
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
      const lines = await readRecorded(api.services, request.params.migration);
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
      async (request, reply) => {
        const { migration, operationId } = await submitDecision(
          api.services,
          request.params.migration,
          decision,
        );
        await api.start(operationId);
        return reply.code(202).send(migrationBody(migration));
      },
    );
  }
  return Promise.resolve();
}
