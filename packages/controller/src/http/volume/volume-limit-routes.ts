import { hasRole } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import { inProject } from '../access/access.ts';
import { hidden } from '../access/require-access.ts';
import type { Api, App, RouteOptions } from '../routing/api.ts';
import { type Query, valuesOf } from '../nova/paging.ts';
import { isYes } from '../nova/require-body.ts';
import { quotasOf } from '../../operations/engine/quotas.ts';

type OfProject = { Params: { id: string }; Querystring: Query };

/** Cinder's words for what Ferry has no limit for, and for what it has none of. */
const others = {
  per_volume_gigabytes: -1,
  snapshots: 0,
  backups: 0,
  backup_gigabytes: 0,
  groups: 0,
} as const;
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
    const { volumes, gigabytes } = quotasOf(api.services.limits.quotas, id);
    const values = { volumes, gigabytes, ...others };
    if (!valuesOf(query, 'usage').some((value) => isYes(value))) return { quota_set: { id, ...values } };
    const used: Partial<Record<string, number>> = { ...(await api.store.volumeWork.usageOf(id)) };
    const told = Object.entries(values).map(([name, limit]) => [
      name,
      { limit, in_use: used[name] ?? 0, reserved: 0 },
    ]);
    return { quota_set: { id, ...(Object.fromEntries(told) as object) } };
  });
  app.get<OfProject>('/os-quota-sets/:id/defaults', mayRead, ({ params: { id } }) => {
    const { volumes, gigabytes } = api.services.limits.quotas;
    return { quota_set: { id, volumes, gigabytes, ...others } };
  });
}

async function limits(request: FastifyRequest<{ Querystring: Query }>, api: Api): Promise<object> {
  const { caller, query } = request;
  const [asked] = valuesOf(query, 'project_id');
  const project = asked !== undefined && hasRole(caller, 'admin') ? asked : (caller.projectId ?? '');
  const { volumes, gigabytes } = quotasOf(api.services.limits.quotas, project);
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
