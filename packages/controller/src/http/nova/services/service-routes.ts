import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { HostRecord, ServiceChange } from '../../../store/hosts/host-services.ts';
import type { Api, App, RouteOptions } from '../../routing/api.ts';
import { ofAll } from '../../access/access.ts';
import { speaks, spoken } from '../microversions.ts';
import { NovaFault, requireUuid } from '../nova-fault.ts';
import { type Query, requireKnown, valuesOf } from '../paging.ts';
import { isYes, LooseBoolean, requireBody } from '../require-body.ts';
import { computeBinary, serviceView, statusTold } from './service-view.ts';
import { resourcesOf } from '../hypervisors/hypervisor-view.ts';

type One = { Params: { id: string } };

const strict = { additionalProperties: false } as const;
const named = {
  host: Type.String({ minLength: 1, maxLength: 255 }),
  binary: Type.String({ minLength: 1, maxLength: 255 }),
};
const reason = Type.String({ minLength: 1, maxLength: 255 });
const NamedSchema = Type.Object(named, strict);
const ReasonSchema = Type.Object({ ...named, disabled_reason: reason }, strict);
const ForceDownSchema = Type.Object({ ...named, forced_down: LooseBoolean }, strict);
const UpdateSchema = Type.Object(
  {
    status: Type.Optional(Type.Enum(['enabled', 'disabled'])),
    disabled_reason: Type.Optional(reason),
    forced_down: Type.Optional(LooseBoolean),
  },
  strict,
);
const words = new Set(['host', 'binary']);

/** Hosts as services: whether they take instances, and whether they answer. */
export function serviceRoutes(app: App, { api }: RouteOptions): void {
  app.get<{ Querystring: Query }>('/os-services', spoken(ofAll('admin', 'os-services:list')), (request) =>
    listServices(request, api),
  );
  app.put<One>('/os-services/:id', spoken(ofAll('admin', 'os-services:update')), (request) =>
    speaks(request, 53) ? update(request, api) : updateByName(request, api),
  );
  app.delete<One>('/os-services/:id', spoken(ofAll('admin', 'os-services:delete')), (request, reply) =>
    remove(request, reply, api),
  );
}

async function listServices(request: FastifyRequest<{ Querystring: Query }>, api: Api): Promise<object> {
  if (speaks(request, 75)) requireKnown(request.query, words);
  const [host] = valuesOf(request.query, 'host');
  const [binary] = valuesOf(request.query, 'binary');
  const records = await api.store.hostServices.list();
  const wanted = records.filter(
    (one) =>
      (host === undefined || one.host.name === host) && (binary === undefined || binary === computeBinary),
  );
  return { services: wanted.map((one) => serviceView(one, request.microversion)) };
}

/** Since 2.53: by id, everything at once. */
async function update(request: FastifyRequest<One>, api: Api): Promise<object> {
  requireUuid(request.params.id);
  const { status, disabled_reason, forced_down } = requireBody(UpdateSchema, request.body, 'body');
  if (status === undefined && forced_down === undefined)
    throw new NovaFault(
      400,
      "No updates were requested. Fields 'status' or 'forced_down' should be specified.",
    );
  if (disabled_reason !== undefined && status !== 'disabled')
    throw new NovaFault(400, "Specifying disabled_reason requires that status is 'disabled'.");
  const record = await found(request, api);
  const after = await changeService(api, record.host.id, {
    ...statusChange(status, disabled_reason ?? null),
    ...(forced_down === undefined ? {} : { forcedDown: isYes(forced_down) }),
  });
  return { service: serviceView(after ?? record, request.microversion) };
}

/** Up to 2.52: by the host's name, one thing each. */
async function updateByName(request: FastifyRequest<One>, api: Api): Promise<object> {
  const { id: what } = request.params;
  switch (what) {
    case 'enable':
    case 'disable': {
      const { host, binary } = requireBody(NamedSchema, request.body, 'body');
      const status = what === 'enable' ? 'enabled' : 'disabled';
      await changeByName(api, host, binary, statusChange(status, null));
      return { service: { host, binary, status } };
    }
    case 'disable-log-reason': {
      const { host, binary, disabled_reason } = requireBody(ReasonSchema, request.body, 'body');
      await changeByName(api, host, binary, statusChange('disabled', disabled_reason));
      return { service: { host, binary, status: 'disabled', disabled_reason } };
    }
    case 'force-down': {
      if (!speaks(request, 11)) break;
      const { host, binary, forced_down } = requireBody(ForceDownSchema, request.body, 'body');
      const forcedDown = isYes(forced_down);
      await changeByName(api, host, binary, { forcedDown });
      return { service: { host, binary, forced_down: forcedDown } };
    }
  }
  throw new NovaFault(404, `Unknown action: ${what}`);
}

async function remove(request: FastifyRequest<One>, reply: FastifyReply, api: Api): Promise<FastifyReply> {
  if (speaks(request, 53)) requireUuid(request.params.id);
  const { host } = await found(request, api);
  const kept = await api.store.hostServices.remove(host.id);
  if (kept === null) return reply.code(204).send();
  const why =
    kept.because === 'instances'
      ? `it has instances: ${kept.names.join(', ')}. Move them away first.`
      : `${kept.count} migrations on record name it, and what was done is kept. Disable it instead.`;
  throw new NovaFault(409, `Unable to delete compute service ${host.name}: ${why}`);
}

/** Enabling takes the reason away. */
function statusChange(
  status: 'enabled' | 'disabled' | undefined,
  disabledReason: string | null,
): ServiceChange {
  return status === undefined ? {} : { status, disabledReason };
}

async function changeByName(api: Api, name: string, binary: string, change: ServiceChange): Promise<void> {
  const record = (await api.store.hostServices.list()).find(({ host }) => host.name === name);
  if (record === undefined || binary !== computeBinary)
    throw new NovaFault(404, `Could not find binary ${binary} on host ${name}.`);
  await changeService(api, record.host.id, change);
}

async function found(request: FastifyRequest<One>, api: Api): Promise<HostRecord> {
  const { id } = request.params;
  const byId = speaks(request, 53);
  const record = (await api.store.hostServices.list()).find(({ host, number }) =>
    byId ? host.id === id : String(number) === id,
  );
  if (record === undefined) throw new NovaFault(404, `Service ${id} could not be found.`);
  return record;
}

/** Writes down what an operator says of a host; null when it is gone. */
async function changeService(
  { store: { hostServices } }: Api,
  hostId: string,
  change: ServiceChange,
): Promise<HostRecord | null> {
  await hostServices.change(hostId, change);
  return (await hostServices.list()).find(({ host }) => host.id === hostId) ?? null;
}

/** Up to this microversion, and no longer: clients ask for services and hypervisors since. */
const until = 42;

/** Hosts as Nova told of them before they were services and hypervisors. They are changed as services. */
export function oldHostRoutes(app: App, { api }: RouteOptions): void {
  app.get<{ Querystring: Query }>(
    '/os-hosts',
    spoken(ofAll('admin', 'os-hosts:list'), 1, until),
    async ({ query }) => {
      const [zone] = valuesOf(query, 'zone');
      const hosts = (await api.store.hostServices.list())
        .filter((one) => statusTold(one.host) === 'enabled' && ((zone ?? '') === '' || one.zone === zone))
        .map((one) => ({ host_name: one.host.name, service: 'compute', zone: one.zone }));
      return { hosts };
    },
  );
  app.get<{ Params: { id: string } }>(
    '/os-hosts/:id',
    spoken(ofAll('admin', 'os-hosts:show'), 1, until),
    async ({ params: { id } }) => {
      const record = (await api.store.hostServices.list()).find((one) => one.host.name === id);
      if (record === undefined) throw new NovaFault(404, `Compute host ${id} could not be found.`);
      return { host: resourceRows(record) };
    },
  );
  app.put<{ Params: { id: string } }>(
    '/os-hosts/:id',
    spoken(ofAll('admin', 'os-hosts:update'), 1, until),
    ({ params: { id }, body }) => changeOldHost(api, id, body),
  );
  for (const power of ['startup', 'shutdown', 'reboot'])
    app.get<{ Params: { id: string } }>(
      `/os-hosts/:id/${power}`,
      spoken(ofAll('admin', `os-hosts:${power}`), 1, until),
      async ({ params: { id } }) => {
        const records = await api.store.hostServices.list();
        if (!records.some(({ host }) => host.name === id))
          throw new NovaFault(404, `Compute host ${id} could not be found.`);
        throw new NovaFault(501, `Ferry has no power over hosts, and does no ${power}.`);
      },
    );
}

const OldHostSchema = Type.Object(
  {
    status: Type.Optional(Type.Enum(['enable', 'disable', 'Enable', 'Disable', 'ENABLE', 'DISABLE'])),
    maintenance_mode: Type.Optional(
      Type.Enum(['enable', 'disable', 'Enable', 'Disable', 'ENABLE', 'DISABLE']),
    ),
  },
  strict,
);

/** The status is that of the service. Maintenance is what only some hypervisors have in Nova, and libvirt is none of them. */
async function changeOldHost(api: Api, name: string, body: unknown): Promise<object> {
  const { status, maintenance_mode } = requireBody(OldHostSchema, body, 'body');
  if (status === undefined && maintenance_mode === undefined)
    throw new NovaFault(400, "Nothing is asked for: 'status' is enable or disable.");
  const record = (await api.store.hostServices.list()).find(({ host }) => host.name === name);
  if (record === undefined) throw new NovaFault(404, `Compute host ${name} could not be found.`);
  if (maintenance_mode !== undefined)
    throw new NovaFault(501, `Maintenance is Ferry's own: ferry host maintenance ${name} on.`);
  const told = status?.toLowerCase() === 'enable' ? 'enabled' : 'disabled';
  await changeService(api, record.host.id, statusChange(told, null));
  return { host: name, status: told };
}

/** What it has, what of that is used, and what its instances may use at most. */
function resourceRows(record: HostRecord): object[] {
  const { vcpus, memory_mb, vcpus_used, memory_mb_used } = resourcesOf(record);
  const row = (project: string, cpu: number, memory: number): object => ({
    resource: { host: record.host.name, project, cpu, memory_mb: memory, disk_gb: 0 },
  });
  return [
    row('(total)', vcpus, memory_mb),
    row('(used_now)', vcpus_used, memory_mb_used),
    row('(used_max)', vcpus_used, Math.ceil(record.load.memoryBytes / 1024 ** 2)),
  ];
}
