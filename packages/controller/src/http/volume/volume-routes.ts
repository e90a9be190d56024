import { volumeStatus } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import type { Controls } from '../controls.ts';
import { pageInMemory } from '../nova/page-in-memory.ts';
import { type Query, valuesOf } from '../nova/paging.ts';
import { isYes } from '../nova/require-body.ts';
import { inProject } from '../access/access.ts';
import { hidden } from '../access/hidden.ts';
import type { App, RouteOptions } from '../route-options.ts';
import { toldVolumes, volumesAt } from './told-volumes.ts';
import { volumeSummary } from './volume-view.ts';

type List = { Querystring: Query };
type One = { Params: { id: string } };

/** Volumes of the catalogue, as clients of Cinder look for them before they ask the compute API to attach one. */
export function volumeRoutes(app: App, { controls }: RouteOptions): void {
  app.get<List>('/volumes', hidden(inProject('reader', 'volume:get_all')), (request) =>
    listVolumes(request, controls, (page) => page.map((one) => volumeSummary(one, volumesAt(request)))),
  );
  app.get<List>('/volumes/detail', hidden(inProject('reader', 'volume:get_all')), (request) =>
    listVolumes(request, controls, (page) => toldVolumes(request, controls, page)),
  );
  app.get<One>('/volumes/:id', hidden(inProject('reader', 'volume:get')), async (request) => {
    const record = await controls.volumes.oneOfCaller(request.caller, request.params.id);
    const [volume] = await toldVolumes(request, controls, [record]);
    return { volume };
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
