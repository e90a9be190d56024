import { volumeStatus } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import type { Api } from '../routing/api.ts';
import { pageInMemory } from '../nova/page-in-memory.ts';
import { type Query, valuesOf } from '../nova/paging.ts';
import { isYes } from '../nova/require-body.ts';
import { inProject } from '../access/access.ts';
import { hidden } from '../access/hidden.ts';
import type { App, RouteOptions } from '../routing/route-options.ts';
import { toldVolumes, volumesAt } from './told-volumes.ts';
import { volumeSummary } from './volume-view.ts';
import { volumeOfCaller } from '../../operations/volumes/find-volume.ts';
import { volumesOfCaller } from '../../operations/volumes/find-volume.ts';

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
