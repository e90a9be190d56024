import { defaultVolumeType, hasRole, volumeStatus, type VolumeType } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import { quotasOf } from '../../operations/engine/quotas.ts';
import { volumeOfCaller, volumesOfCaller } from '../../operations/volumes/find-volume.ts';
import { volumeTypes } from '../../operations/volumes/volume-types.ts';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import { inProject, ofAll } from '../access/access.ts';
import { hidden } from '../access/require-access.ts';
import { NovaFault } from '../nova/nova-fault.ts';
import { pageInMemory, type Query, valuesOf } from '../nova/paging.ts';
import { isYes } from '../nova/require-body.ts';
import type { Api, App, RouteOptions } from '../routing/api.ts';
import { toldVolumes, volumesAt, volumeSummary } from './volume-view.ts';

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
const mayReadLimits = hidden({
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
  app.get<OfProject>('/os-quota-sets/:id', mayReadLimits, async ({ params: { id }, query }) => {
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
  app.get<OfProject>('/os-quota-sets/:id/defaults', mayReadLimits, ({ params: { id } }) => {
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

type List = { Querystring: Query };
type One = { Params: { id: string } };

/** Volumes of the catalogue, as clients of Cinder look for them before they ask the compute API to attach one. */
export function volumeRoutes(app: App, { api }: RouteOptions): void {
  app.get<List>('/volumes', hidden(inProject('reader', 'volume:get_all')), (request) =>
    listVolumes(request, api, (page) => page.map((one) => volumeSummary(one, volumesAt(request)))),
  );
  app.get<List>('/volumes/detail', hidden(inProject('reader', 'volume:get_all')), (request) =>
    listVolumes(request, api, (page) => toldVolumes(request, api, page)),
  );
  app.get<One>('/volumes/:id', hidden(inProject('reader', 'volume:get')), async (request) => {
    const record = await volumeOfCaller(api.services, request.caller, request.params.id);
    const [volume] = await toldVolumes(request, api, [record]);
    return { volume };
  });
}

/** The part of the list that is asked for, by name and status. */
async function listVolumes(
  request: FastifyRequest<List>,
  api: Api,
  view: (page: readonly VolumeRecord[]) => object[] | Promise<object[]>,
): Promise<object> {
  const { query } = request;
  const all = valuesOf(query, 'all_tenants').some((value) => isYes(value));
  const names = valuesOf(query, 'name');
  const statuses = valuesOf(query, 'status');
  const wanted = (await volumesOfCaller(api.services, request.caller, all)).filter(
    ({ volume, attachments }) =>
      (names.length === 0 || names.includes(volume.name)) &&
      (statuses.length === 0 || statuses.includes(volumeStatus(volume, attachments))),
  );
  const { page, links } = pageInMemory(request, wanted, ({ volume }) => volume.id);
  const volumes = await view(page);
  return links === null ? { volumes } : { volumes, volumes_links: links };
}

/** Volume types as clients of Cinder list them. Which pool one is, is no business of a project. */
export function volumeTypeApiRoutes(app: App, { api }: RouteOptions): void {
  const mayRead = hidden(inProject('token', 'volume_extension:type_get_all'));
  const found = async (id: string): Promise<VolumeType> => {
    const all = await volumeTypes(api.services);
    const one =
      id === 'default' ? all.find(({ isDefault }) => isDefault) : all.find((type) => type.id === id);
    if (one === undefined) throw new NovaFault(404, `Volume type ${id} could not be found.`);
    return one;
  };
  app.get('/types', mayRead, async () => ({ volume_types: (await volumeTypes(api.services)).map(typeView) }));
  app.get<One>('/types/:id', mayRead, async ({ params }) => ({
    volume_type: typeView(await found(params.id)),
  }));
  app.get<One>('/types/:id/extra_specs', mayRead, async ({ params }) => {
    await found(params.id);
    return { extra_specs: {} };
  });
  app.post('/types', hidden(ofAll('admin', 'volume_extension:type_create')), () => {
    throw new NovaFault(501, 'An admin names pools: ferry volume type create NAME --pool POOL.');
  });
}

function typeView({ id, name, description }: VolumeType): object {
  return {
    id,
    name,
    description: description ?? (id === defaultVolumeType.id ? defaultVolumeType.description : null),
    is_public: true,
    'os-volume-type-access:is_public': true,
    qos_specs_id: null,
    extra_specs: {},
  };
}
