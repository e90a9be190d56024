import type { FastifyRequest } from 'fastify';
import { type TProperties, Type } from 'typebox';
import { defaultClass, type Quotas, quotasOf, type SaidQuotas } from '../../operations/engine/quotas.ts';
import { inProject, ofAll } from '../access/access.ts';
import type { Api, App, RouteOptions } from '../routing/api.ts';
import { spoken } from './microversions.ts';
import { NovaFault } from './nova-fault.ts';
import { isYes, LooseBoolean, requireBody } from './require-body.ts';
import {
  Most,
  namesAt,
  requireProjectId,
  saidQuotas,
  type Shown,
  type Told,
  toldQuotas,
  usedByProject,
} from './told-quotas.ts';

type OfProject = { Params: { id: string } };
type Request = FastifyRequest<OfProject>;

const quotas: readonly Told[] = [
  ['cores', Infinity, 'cores'],
  ['fixed_ips', 35],
  ['floating_ips', 35],
  ['injected_file_content_bytes', 56],
  ['injected_file_path_bytes', 56],
  ['injected_files', 56],
  ['instances', Infinity, 'instances'],
  ['key_pairs', Infinity, 'keyPairs'],
  ['metadata_items', Infinity, 'metadataItems'],
  ['ram', Infinity, 'ram'],
  ['security_group_rules', 35],
  ['security_groups', 35],
  ['server_group_members', Infinity, 'serverGroupMembers'],
  ['server_groups', Infinity, 'serverGroups'],
];
/** The same of the class of quotas that there is; which of them it has changed at other microversions. */
const classQuotas: readonly Told[] = quotas.map(([name, until, quota]) => [
  name,
  until === 35 ? 49 : until,
  quota,
  name.startsWith('server_group') ? 50 : 1,
]);
/** Of one's own project, or of any for an administrator. */
const mayRead = { ...inProject('reader', 'os-quota-sets:show'), owner: 'id', beyond: 'admin' } as const;
/** What projects may have, as their administrator says: each project, and (class `default`) all others. */
export function quotaRoutes(app: App, { api }: RouteOptions): void {
  app.get<OfProject>('/os-quota-sets/:id', spoken(mayRead), (request) => showQuotas(request, api));
  app.get<OfProject>('/os-quota-sets/:id/defaults', spoken(mayRead), (request) =>
    showQuotas(request, api, { ofAll: true }),
  );
  app.get<OfProject>('/os-quota-sets/:id/detail', spoken(mayRead), async (request) => {
    const used: Partial<Quotas> = await usedByProject(api, request.params.id);
    const shown: Shown = (limit, name) => ({
      in_use: (name === undefined ? undefined : used[name]) ?? 0,
      limit,
      reserved: 0,
    });
    return showQuotas(request, api, { shown });
  });
  app.put<OfProject>('/os-quota-sets/:id', spoken(ofAll('admin', 'os-quota-sets:update')), (request) =>
    sayQuotas(request, api),
  );
  app.delete<OfProject>(
    '/os-quota-sets/:id',
    spoken(ofAll('admin', 'os-quota-sets:delete')),
    async (request, reply) => {
      requireProjectId(request.params.id);
      await api.store.quotas.forget(
        request.params.id,
        quotas.map(([name]) => name),
      );
      return reply.code(202).send();
    },
  );
  const path = '/os-quota-class-sets/:id';
  app.get<OfProject>(path, spoken(ofAll('admin', 'os-quota-class-sets:show')), async (request) => ({
    quota_class_set: { ...(await classTold(request, api)), id: request.params.id },
  }));
  app.put<OfProject>(path, spoken(ofAll('admin', 'os-quota-class-sets:update')), (request) =>
    sayClass(request, api),
  );
}

async function showQuotas(
  request: Request,
  api: Api,
  {
    ofAll: forAll = false,
    shown = (value: number): unknown => value,
  }: { ofAll?: boolean; shown?: Shown } = {},
): Promise<object> {
  requireProjectId(request.params.id);
  const { id } = request.params;
  return { quota_set: { ...(await told(request, api, quotas, forAll ? null : id, shown)), id } };
}

async function told(
  request: Request,
  api: Api,
  names: readonly Told[],
  project: string | null,
  shown: Shown,
): Promise<Record<string, unknown>> {
  const [values, said] = await Promise.all([quotasOf(api.services, project), api.store.quotas.of(project)]);
  // Of what Ferry has not there is nothing but what was said of it.
  return toldQuotas(names, request.microversion, values, (value, quota, name) =>
    shown(quota === undefined ? (said[name] ?? value) : value, quota, name),
  );
}

function classTold(request: Request, api: Api): Promise<Record<string, unknown>> {
  return told(request, api, classQuotas, null, (value) => value);
}

async function sayQuotas(request: Request, api: Api): Promise<object> {
  requireProjectId(request.params.id);
  const { id } = request.params;
  const { quota_set } = requireBody(
    bodyOf('quota_set', quotas, request.microversion),
    request.body,
    'body',
  ) as {
    quota_set: Readonly<Record<string, string | number | boolean>>;
  };
  const { force = false, ...wanted } = quota_set;
  const said = saidQuotas(wanted);
  if (!isYes(force as string | boolean)) await requireEnough(api, id, said);
  await api.store.quotas.say(id, said);
  return { quota_set: await told(request, api, quotas, id, (value) => value) };
}

async function sayClass(request: Request, api: Api): Promise<object> {
  if (request.params.id !== defaultClass)
    throw new NovaFault(
      400,
      `There is one class of quotas, "${defaultClass}", and not "${request.params.id}".`,
    );
  const schema = bodyOf('quota_class_set', classQuotas, request.microversion);
  const { quota_class_set } = requireBody(schema, request.body, 'body') as {
    quota_class_set: Readonly<Record<string, string | number>>;
  };
  await api.store.quotas.say(defaultClass, saidQuotas(quota_class_set));
  return { quota_class_set: await classTold(request, api) };
}

function bodyOf(key: string, names: readonly Told[], minor: number) {
  const fields: TProperties = Object.fromEntries(
    namesAt(names, minor).map(([name]) => [name, Type.Optional(Most)]),
  );
  const more: TProperties =
    key === 'quota_set'
      ? { force: Type.Optional(LooseBoolean), tenant_id: Type.Optional(Type.String()) }
      : {};
  return Type.Object(
    { [key]: Type.Object({ ...fields, ...more }, { additionalProperties: false }) },
    { additionalProperties: false },
  );
}

/** Fewer than there are already is refused, as nothing is taken away by it; `force` says that it is meant so. */
async function requireEnough(api: Api, id: string, said: SaidQuotas): Promise<void> {
  const used: Partial<Quotas> = await usedByProject(api, id);
  for (const [name, , quota] of quotas) {
    const [most, has] = [said[name], quota === undefined ? undefined : used[quota]];
    if (most !== undefined && has !== undefined && most !== -1 && most < has)
      throw new NovaFault(
        400,
        `Quota limit ${most} for ${name} must be greater than or equal to already used and reserved ${has}.`,
      );
  }
}
