import { describeForecast, flavorSnapshot, type Instance, type MoveRequest, type Role } from '@ferry/model';
import type { Services } from '../../operations/engine/services.ts';
import { keepCopy } from '../../operations/drift/carry-out-decision.ts';
import { findInstance } from '../../operations/engine/find-instance.ts';
import { submitEvacuation } from '../../operations/evacuate/submit-evacuation.ts';
import { flavorNamed } from '../../operations/flavors/flavors.ts';
import { projectIdOf } from '../../operations/identity/projects.ts';
import { moveRequest } from '../../operations/move/move-request.ts';
import { checkMove, type CheckReport } from '../../operations/move/check-move.ts';
import { submitMove } from '../../operations/move/submit-move.ts';
import { submitRehearsal } from '../../operations/rehearse/submit-rehearsal.ts';
import { instanceDevices } from '../../operations/servers/read-guest.ts';
import { adoptInstance, forgetInstance } from '../../operations/servers/adopt-instance.ts';
import type { Api, App, RouteOptions } from '../routing/api.ts';
import { listInstances } from './ferry-lists.ts';
import {
  forecastBody,
  hostNames,
  instanceBody,
  instanceWithActions,
  migrationBody,
} from './views/instance-view.ts';
import { asBody } from './views/as-body.ts';
import {
  type CheckReportBody,
  type EvacuateBody,
  type InstanceBody,
  type MigrationBody,
  type MoveBody,
  AdoptInstanceSchema,
  CheckReportSchema,
  EvacuateSchema,
  InstanceDevicesSchema,
  InstanceFilterSchema,
  InstanceSchema,
  KeepInstanceSchema,
  MigrationSchema,
  MoveSchema,
  ProblemSchema,
} from '@ferry/api';
import { Type } from 'typebox';
import { ferry } from '../access/access.ts';
import { filteredQuery, pageBounds, pageSchema } from './list-page.ts';

const named = Type.Object({ instance: Type.String() });

/** Instances: list, show, adopt, check a move, move. Who may move is a check of its own, so that it is among the findings. */
export function instanceRoutes(app: App, { api }: RouteOptions): Promise<void> {
  const shown = async (instance: Instance): Promise<InstanceBody> =>
    instanceBody(instance, await hostNames(api.store));
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
      const { entries, next } = await listInstances(
        api.store,
        filter,
        pageBounds({ limit, marker }),
        (name) => projectIdOf(api, name),
      );
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
    async (request) => instanceWithActions(api.store, await findInstance(api.store, request.params.instance)),
  );
  app.get(
    '/instances/:instance/devices',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'Its disks and network cards; its host is asked',
        params: named,
        response: { 200: InstanceDevicesSchema, 404: ProblemSchema, 502: ProblemSchema },
      },
    },
    (request) => instanceDevices(api.services, request.params.instance),
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
    async (request, reply) =>
      reply.code(201).send(await shown(await adoptInstance(api.services, request.body))),
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
    async (request) => shown(await heeded(api, await forgetInstance(api.services, request.params.instance))),
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
    async (request) =>
      shown(await heeded(api, await keepCopy(api.services, request.params.instance, request.body))),
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
    async ({ role, params, body }) =>
      reportBody(await checkMove(api.services, role, params.instance, await requestOf(api.services, body))),
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
      reply.code(202).send(await beginMove(api, request.role, request.params.instance, request.body)),
  );
  app.post(
    '/instances/:instance/rehearsals',
    {
      config: { access: ferry('operator') },
      schema: {
        summary:
          'Rehearse a live migration: prepare the target, send an empty guest the same way, take all of it back; refused with all findings when a check forbids it',
        params: named,
        body: MoveSchema,
        response: {
          202: MigrationSchema,
          400: ProblemSchema,
          403: ProblemSchema,
          404: ProblemSchema,
          409: ProblemSchema,
        },
      },
    },
    async (request, reply) =>
      reply.code(202).send(await beginRehearsal(api, request.role, request.params.instance, request.body)),
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
      reply.code(202).send(await beginEvacuation(api, request.role, request.params.instance, request.body)),
  );
  return Promise.resolve();
}

/** Moves of it that wait for a person read at once what one has decided. */
async function heeded(api: Api, instance: Instance): Promise<Instance> {
  for (const { id, instanceId } of await api.store.migrations.underWay())
    if (instanceId === instance.id) await api.start(id);
  return instance;
}

/** Accepts a move and begins it. */
async function beginMove(api: Api, role: Role, name: string, body: MoveBody): Promise<MigrationBody> {
  const migration = await submitMove(api.services, role, name, await requestOf(api.services, body));
  await api.start(migration.id);
  return migrationBody(migration);
}

/** Accepts a rehearsal and begins it. */
async function beginRehearsal(api: Api, role: Role, name: string, body: MoveBody): Promise<MigrationBody> {
  const rehearsal = await submitRehearsal(api.services, role, name, await requestOf(api.services, body));
  await api.start(rehearsal.id);
  return migrationBody(rehearsal);
}

/** Accepts an evacuation and begins it. */
async function beginEvacuation(
  api: Api,
  role: Role,
  name: string,
  { host = null, sharedPaths = [], accept = [], leaveOff = false }: EvacuateBody,
): Promise<MigrationBody> {
  const request = { host, sharedPaths, accept, leaveOff };
  const migration = await submitEvacuation(api.services, role, name, request);
  await api.start(migration.id);
  return migrationBody(migration);
}

/** A move as it is asked for. */
export async function requestOf(services: Services, move: MoveBody): Promise<MoveRequest> {
  const { flavor = null } = move;
  return moveRequest(move, flavor === null ? null : flavorSnapshot(await flavorNamed(services, flavor)));
}

function reportBody(report: CheckReport): CheckReportBody {
  const { input, choice } = report.inspection;
  return {
    possible: report.verdict === 'possible',
    verdict: report.verdict,
    instance: report.instance.name,
    sourceHost: input.source.name,
    targetHost: input.target?.name ?? null,
    choice,
    plan: asBody<CheckReportBody['plan']>(input.plan),
    findings: asBody<CheckReportBody['findings']>(report.findings),
    forecast: report.forecast === null ? null : forecastBody(report.forecast.forecast),
    forecastSummary: report.forecast === null ? null : describeForecast(report.forecast.forecast),
  };
}
