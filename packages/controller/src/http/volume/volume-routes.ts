import { hasRole, volumeStatus } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import type { VolumeRecord } from '../../store/catalogue-store.ts';
import type { Controls } from '../controls.ts';
import { NovaFault } from '../nova/nova-fault.ts';
import { pageInMemory } from '../nova/page-in-memory.ts';
import { type Query, valuesOf } from '../nova/paging.ts';
import { isYes } from '../nova/require-body.ts';
import { publicUrl } from '../openstack/public-url.ts';
import { inProject } from '../access/access.ts';
import { hidden } from '../access/hidden.ts';
import type { App, RouteOptions } from '../route-options.ts';
import { volumeSummary, volumeView } from './volume-view.ts';

type List = { Querystring: Query };
type One = { Params: { id: string } };

/** Volumes of the catalogue, as clients of Cinder look for them before they ask the compute API to attach one. */
export function volumeRoutes(app: App, { controls }: RouteOptions): void {
  app.get<List>('/volumes', hidden(inProject('reader', 'volume:get_all')), (request) =>
    listVolumes(request, controls, (page) => page.map((one) => volumeSummary(one, addressOf(request)))),
  );
  app.get<List>('/volumes/detail', hidden(inProject('reader', 'volume:get_all')), (request) =>
    listVolumes(request, controls, (page) => told(request, controls, page)),
  );
  app.get<One>('/volumes/:id', hidden(inProject('reader', 'volume:get')), async (request) => {
    const record = await controls.volumes.oneOfCaller(request.caller, request.params.id);
    const [volume] = await told(request, controls, [record]);
    return { volume };
  });
  app.delete<One>('/volumes/:id', hidden(inProject('member', 'volume:delete')), async (request, reply) => {
    await controls.volumes.removeOfCaller(request.caller, request.params.id);
    return reply.code(202).send();
  });
  app.post('/volumes', hidden(inProject('member', 'volume:create')), () => {
    throw new NovaFault(501, 'An operator makes volumes, in pools of hosts: ferry volume create.');
  });
}

/** The part of the list that is asked for, by name and status. */
async function listVolumes(
  request: FastifyRequest<List>,
  controls: Pick<Controls, 'volumes'>,
  view: (page: readonly VolumeRecord[]) => object[] | Promise<object[]>,
): Promise<object> {
  const { query } = request;
  const all = valuesOf(query, 'all_tenants').some((value) => isYes(value));
  const names = valuesOf(query, 'name');
  const statuses = valuesOf(query, 'status');
  const wanted = (await controls.volumes.ofCaller(request.caller, all)).filter(
    ({ volume, attachments }) =>
      (names.length === 0 || names.includes(volume.name)) &&
      (statuses.length === 0 || statuses.includes(volumeStatus(volume, attachments))),
  );
  const { page, links } = pageInMemory(request, wanted, ({ volume }) => volume.id);
  const volumes = await view(page);
  return links === null ? { volumes } : { volumes, volumes_links: links };
}

async function told(
  request: FastifyRequest,
  { volumes }: Pick<Controls, 'volumes'>,
  records: readonly VolumeRecord[],
): Promise<object[]> {
  const ids = new Set(records.flatMap(({ attachments }) => attachments.map((one) => one.instanceId)));
  // Cinder, too, tells administrators alone.
  const shown = hasRole(request.caller, 'admin') ? [...ids] : [];
  const hosts = await Promise.all(shown.map(async (id) => [id, await volumes.hostOfInstance(id)] as const));
  return records.map((record) => volumeView(record, addressOf(request), new Map(hosts)));
}

function addressOf(request: FastifyRequest): string {
  return `${publicUrl(request)}/volume/v3/${request.caller.projectId ?? ''}`;
}
