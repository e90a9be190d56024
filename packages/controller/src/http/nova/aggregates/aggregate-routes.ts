import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Aggregate, AggregateChanged } from '../../../store/hosts/aggregate-store.ts';
import type { Api, App, RouteOptions } from '../../routing/api.ts';
import { ofAll } from '../../access/access.ts';
import { NovaFault } from '../nova-fault.ts';
import { requireBody } from '../require-body.ts';
import { spoken } from '../microversions.ts';
import { microsecondsTime } from '../nova-time.ts';
import type { HostRecord } from '../../../store/hosts/host-services.ts';
import { computeBinary, statusTold } from '../services/service-view.ts';

type One = { Params: { id: string } };

const strict = { additionalProperties: false } as const;
const someName = Type.String({ minLength: 1, maxLength: 255 });
/** Nova takes no colon in the name of a zone: it divides zone and host where a server is made. */
const zoneName = Type.Union([Type.String({ minLength: 1, maxLength: 255, pattern: '^[^:]*$' }), Type.Null()]);
const CreateSchema = Type.Object(
  { aggregate: Type.Object({ name: someName, availability_zone: Type.Optional(zoneName) }, strict) },
  strict,
);
const UpdateSchema = Type.Object(
  {
    aggregate: Type.Object(
      { name: Type.Optional(someName), availability_zone: Type.Optional(zoneName) },
      strict,
    ),
  },
  strict,
);
const HostSchema = Type.Object({ host: someName }, strict);
const MetadataSchema = Type.Object(
  {
    metadata: Type.Record(
      Type.String({ minLength: 1, maxLength: 255 }),
      Type.Union([Type.String({ maxLength: 255 }), Type.Null()]),
    ),
  },
  strict,
);

/** Aggregates: sets of hosts, which name their availability zone. */
export function aggregateRoutes(app: App, { api }: RouteOptions): void {
  const path = '/os-aggregates';
  app.get(path, spoken(ofAll('admin', 'os-aggregates:index')), (request) => list(request, api));
  app.post(path, spoken(ofAll('admin', 'os-aggregates:create')), (request) => create(request, api));
  app.get<One>(`${path}/:id`, spoken(ofAll('admin', 'os-aggregates:show')), (request) => show(request, api));
  app.put<One>(`${path}/:id`, spoken(ofAll('admin', 'os-aggregates:update')), (request) =>
    update(request, api),
  );
  app.delete<One>(`${path}/:id`, spoken(ofAll('admin', 'os-aggregates:delete')), async (request, reply) => {
    await remove(request, api);
    return reply.code(200).send();
  });
  app.post<One>(`${path}/:id/action`, spoken(ofAll('admin', 'os-aggregates:action')), (request) =>
    act(request, api),
  );
}

async function list(request: FastifyRequest, api: Api): Promise<object> {
  const aggregates = await api.store.aggregates.list();
  return { aggregates: aggregates.map((one) => aggregateView(one, request.microversion)) };
}

async function create(request: FastifyRequest, api: Api): Promise<object> {
  const { aggregate } = requireBody(CreateSchema, request.body, 'body');
  const added = await api.store.aggregates.add(aggregate.name, aggregate.availability_zone ?? null);
  const {
    hosts: _hosts,
    metadata: _metadata,
    ...told
  } = aggregateView(changed(added, aggregate.name), request.microversion);
  return { aggregate: told };
}

async function show(request: FastifyRequest<One>, api: Api): Promise<object> {
  return { aggregate: aggregateView(await found(request, api), request.microversion) };
}

async function update(request: FastifyRequest<One>, api: Api): Promise<object> {
  const { aggregate } = requireBody(UpdateSchema, request.body, 'body');
  const { number } = await found(request, api);
  const after = await api.store.aggregates.change(number, () => ({
    ...(aggregate.name === undefined ? {} : { name: aggregate.name }),
    ...(aggregate.availability_zone === undefined ? {} : { availabilityZone: aggregate.availability_zone }),
  }));
  return { aggregate: aggregateView(changed(after, aggregate.name ?? ''), request.microversion) };
}

async function remove(request: FastifyRequest<One>, api: Api): Promise<void> {
  const { number } = await found(request, api);
  if (!(await api.store.aggregates.remove(number)))
    throw new NovaFault(400, `Cannot delete aggregate ${number}: it has hosts. Take them out first.`);
}

async function act(request: FastifyRequest<One>, api: Api): Promise<object> {
  const body = request.body as Record<string, unknown> | null;
  const [key, ...more] = Object.keys(body ?? {});
  if (key === undefined || more.length > 0) throw new NovaFault(400, 'Malformed request body');
  const value = body?.[key];
  const { number } = await found(request, api);
  const after = await actionOf(api, { key, value, number });
  return { aggregate: aggregateView(changed(after, ''), request.microversion) };
}

function actionOf(
  api: Api,
  { key, value, number }: { key: string; value: unknown; number: number },
): Promise<AggregateChanged> {
  switch (key) {
    case 'add_host':
      return withHost(api, requireBody(HostSchema, value, key).host, (id) =>
        api.store.aggregates.addHost(number, id),
      );
    case 'remove_host':
      return withHost(api, requireBody(HostSchema, value, key).host, (id) =>
        api.store.aggregates.removeHost(number, id),
      );
    case 'set_metadata': {
      const { metadata } = requireBody(MetadataSchema, value, key);
      return api.store.aggregates.change(number, (before) => withMetadata(before, metadata));
    }
    default:
      throw new NovaFault(400, `There is no such action: ${key}.`);
  }
}

/** Null takes a word away; the zone is one of them. */
function withMetadata(
  before: Aggregate,
  changes: Readonly<Record<string, string | null>>,
): Partial<Aggregate> {
  const { availability_zone: availabilityZone, ...rest } = changes;
  const entries = Object.entries({ ...before.metadata, ...rest });
  const metadata = Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[1] !== null),
  );
  return { metadata, ...(availabilityZone === undefined ? {} : { availabilityZone }) };
}

async function withHost(
  api: Api,
  host: string,
  change: (hostId: string) => Promise<AggregateChanged>,
): Promise<AggregateChanged> {
  const record = (await api.store.hostServices.list()).find((one) => one.host.name === host);
  if (record === undefined) throw new NovaFault(404, `Compute host ${host} could not be found.`);
  return change(record.host.id);
}

function changed(result: AggregateChanged, name: string): Aggregate {
  switch (result.kind) {
    case 'changed':
      return result.aggregate;
    case 'no-aggregate':
      throw new NovaFault(404, 'The aggregate could not be found.');
    case 'name-taken':
      throw new NovaFault(409, `Aggregate ${name} already exists.`);
    case 'two-zones':
      throw new NovaFault(
        409,
        `Host ${result.host} is in availability zone ${result.zone} by another aggregate: a host has one zone.`,
      );
    case 'there-already':
      throw new NovaFault(409, 'The aggregate has that host already.');
    case 'not-there':
      throw new NovaFault(404, 'The aggregate has no such host.');
  }
}

async function found(request: FastifyRequest<One>, api: Api): Promise<Aggregate> {
  const { id } = request.params;
  const aggregate = (await api.store.aggregates.list()).find((one) => String(one.number) === id);
  if (aggregate === undefined) throw new NovaFault(404, `Aggregate ${id} could not be found.`);
  return aggregate;
}

/** An aggregate; its zone stands among its metadata too, as Nova has it. */
function aggregateView(aggregate: Aggregate, minor: number): Record<string, unknown> {
  const { number, uuid, name, availabilityZone, createdAt, updatedAt, hosts, metadata } = aggregate;
  const inZone = availabilityZone === null ? {} : { availability_zone: availabilityZone };
  return {
    id: number,
    ...(minor >= 41 ? { uuid } : {}),
    name,
    availability_zone: availabilityZone,
    hosts,
    metadata: { ...metadata, ...inZone },
    created_at: microsecondsTime(createdAt),
    updated_at: updatedAt === null ? null : microsecondsTime(updatedAt),
    deleted: false,
    deleted_at: null,
  };
}

/** Availability zones: for everybody by name, for administrators with their hosts. */
export function zoneRoutes(app: App, { api }: RouteOptions): void {
  app.get('/os-availability-zone', spoken(ofAll('reader', 'os-availability-zone:list')), () =>
    listZones(api),
  );
  app.get('/os-availability-zone/detail', spoken(ofAll('admin', 'os-availability-zone:detail')), () =>
    detailZones(api),
  );
}

async function listZones(api: Api): Promise<object> {
  return { availabilityZoneInfo: (await zones(api)).map((one) => ({ ...one.view, hosts: null })) };
}

async function detailZones(api: Api): Promise<object> {
  const all = await zones(api);
  return {
    availabilityZoneInfo: all.map(({ view, records }) => ({
      ...view,
      hosts: Object.fromEntries(records.map(({ host }) => [host.name, { [computeBinary]: stateOf(host) }])),
    })),
  };
}

/** Zones by their names; one is available when a host of it is enabled. */
async function zones(api: Api): Promise<{ view: object; records: HostRecord[] }[]> {
  const records = await api.store.hostServices.list();
  const names = [...new Set(records.map(({ zone }) => zone))].toSorted();
  return names.map((name) => {
    const inside = records.filter(({ zone }) => zone === name);
    const available = inside.some(({ host }) => statusTold(host) === 'enabled');
    return { view: { zoneName: name, zoneState: { available } }, records: inside };
  });
}

function stateOf(host: HostRecord['host']): Record<string, unknown> {
  const { lastSeenAt, state } = host.service;
  return {
    available: state === 'up',
    active: statusTold(host) === 'enabled',
    updated_at: lastSeenAt === null ? null : microsecondsTime(lastSeenAt),
  };
}
