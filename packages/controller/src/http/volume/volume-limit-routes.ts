import { hasRole } from '@ferry/model';
import { type TProperties, Type } from 'typebox';
import type { FastifyRequest } from 'fastify';
import { inProject, ofAll } from '../access/access.ts';
import { hidden } from '../access/require-access.ts';
import type { Api, App, RouteOptions } from '../routing/api.ts';
import { type Query, valuesOf } from '../nova/paging.ts';
import { NovaFault } from '../nova/nova-fault.ts';
import { isYes, requireBody } from '../nova/require-body.ts';
import { Most, requireProjectId, saidQuotas } from '../nova/told-quotas.ts';
import { defaultClass, quotasOf } from '../../operations/engine/quotas.ts';

type OfProject = { Params: { id: string }; Querystring: Query };

/** Cinder's words for what Ferry has no limit for, and for what it has none of. */
const others = {
  per_volume_gigabytes: -1,
  snapshots: 0,
  backups: 0,
  backup_gigabytes: 0,
  groups: 0,
} as const;
const names = ['volumes', 'gigabytes', ...Object.keys(others)];
const fields: TProperties = Object.fromEntries(names.map((name) => [name, Type.Optional(Most)]));
const QuotaFields = Type.Object(
  { ...fields, tenant_id: Type.Optional(Type.String()) },
  { additionalProperties: false, minProperties: 1 },
);
const QuotasSchema = Type.Object({ quota_set: QuotaFields }, { additionalProperties: false });
const ClassSchema = Type.Object({ quota_class_set: QuotaFields }, { additionalProperties: false });
/** Of one's own project, or of any for an administrator. */
const mayRead = hidden({
  ...inProject('reader', 'volume_extension:quotas:show'),
  owner: 'id',
  beyond: 'admin',
});

/** What projects may have of volumes, and have. */
export function volumeLimitRoutes(app: App, { api }: RouteOptions): void {
  app.get<{ Querystring: Query }>(
    '/limits',
    hidden(inProject('token', 'limits_extension:used_limits')),
    (request) => limits(request, api),
  );
  app.get<OfProject>('/os-quota-sets/:id', mayRead, async ({ params: { id }, query }) => {
    const values = await valuesOfProject(api, id);
    if (!valuesOf(query, 'usage').some((value) => isYes(value))) return { quota_set: { id, ...values } };
    const used: Partial<Record<string, number>> = { ...(await api.store.volumeWork.usageOf(id)) };
    const told = Object.entries(values).map(([name, limit]) => [
      name,
      { limit, in_use: used[name] ?? 0, reserved: 0 },
    ]);
    return { quota_set: { id, ...(Object.fromEntries(told) as object) } };
  });
  app.get<OfProject>('/os-quota-sets/:id/defaults', mayRead, async ({ params: { id } }) => ({
    quota_set: { id, ...(await valuesOfProject(api, null)) },
  }));
  const update = hidden(ofAll('admin', 'volume_extension:quotas:update'));
  app.put<OfProject>('/os-quota-sets/:id', update, async ({ params: { id }, body }) => {
    requireProjectId(id);
    const { quota_set } = requireBody(QuotasSchema, body, 'body');
    await api.store.quotas.say(id, saidQuotas(quota_set));
    return { quota_set: await valuesOfProject(api, id) };
  });
  app.delete<OfProject>(
    '/os-quota-sets/:id',
    hidden(ofAll('admin', 'volume_extension:quotas:delete')),
    async ({ params: { id } }, reply) => {
      requireProjectId(id);
      await api.store.quotas.forget(id, names);
      return reply.code(200).send();
    },
  );
  app.get<OfProject>(
    '/os-quota-class-sets/:id',
    hidden(ofAll('admin', 'volume_extension:quota_classes')),
    async ({ params: { id } }) => ({ quota_class_set: { id, ...(await valuesOfProject(api, null)) } }),
  );
  app.put<OfProject>(
    '/os-quota-class-sets/:id',
    hidden(ofAll('admin', 'volume_extension:quota_classes')),
    async ({ params: { id }, body }) => {
      if (id !== defaultClass)
        throw new NovaFault(400, `There is one class of quotas, "${defaultClass}", and not "${id}".`);
      const { quota_class_set } = requireBody(ClassSchema, body, 'body');
      await api.store.quotas.say(defaultClass, saidQuotas(quota_class_set));
      return { quota_class_set: await valuesOfProject(api, null) };
    },
  );
}

/** What a project may have, or (null) all of which nothing is said, by Cinder's names. */
async function valuesOfProject(api: Api, id: string | null): Promise<Record<string, number>> {
  const [{ volumes, gigabytes }, said] = await Promise.all([
    quotasOf(api.services, id),
    api.store.quotas.of(id),
  ]);
  const values: Record<string, number> = { volumes, gigabytes, ...others };
  return Object.fromEntries(Object.entries(values).map(([name, most]) => [name, said[name] ?? most]));
}

async function limits(request: FastifyRequest<{ Querystring: Query }>, api: Api): Promise<object> {
  const { caller, query } = request;
  const [asked] = valuesOf(query, 'project_id');
  const project = asked !== undefined && hasRole(caller, 'admin') ? asked : (caller.projectId ?? '');
  const { volumes, gigabytes } = await quotasOf(api.services, project);
  const used = await api.store.volumeWork.usageOf(project);
  return {
    limits: {
      rate: [],
      absolute: {
        maxTotalVolumes: volumes,
        maxTotalVolumeGigabytes: gigabytes,
        maxTotalSnapshots: 0,
        maxTotalBackups: 0,
        maxTotalBackupGigabytes: 0,
        totalVolumesUsed: used.volumes,
        totalGigabytesUsed: used.gigabytes,
        totalSnapshotsUsed: 0,
        totalBackupsUsed: 0,
        totalBackupGigabytesUsed: 0,
      },
    },
  };
}
