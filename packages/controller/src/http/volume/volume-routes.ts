import { defaultVolumeType, type VolumeType } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import { volumeOfCaller, volumesOfCaller } from '../../operations/volumes/find-volume.ts';
import { volumeTypes } from '../../operations/volumes/volume-types.ts';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import { inProject, ofAll } from '../access/access.ts';
import { hidden } from '../access/require-access.ts';
import { NovaFault } from '../nova/nova-fault.ts';
import { type Query, valuesOf } from '../nova/paging.ts';
import { isYes } from '../nova/require-body.ts';
import type { Api, App, RouteOptions } from '../routing/api.ts';
import { volumePage } from './volume-list.ts';
import { shownVolumes, volumesAt, volumeSummary } from './volume-view.ts';

type List = { Querystring: Query };
type One = { Params: { id: string } };

/** Volumes of the catalogue, as clients of Cinder look for them before they ask the compute API to attach one. */
export function volumeRoutes(app: App, { api }: RouteOptions): void {
  app.get<List>('/volumes', hidden(inProject('reader', 'volume:get_all')), (request) =>
    listVolumes(request, api, (page) => page.map((one) => volumeSummary(one, volumesAt(request)))),
  );
  app.get<List>('/volumes/detail', hidden(inProject('reader', 'volume:get_all')), (request) =>
    listVolumes(request, api, (page) => shownVolumes(request, api, page)),
  );
  app.get<One>('/volumes/:id', hidden(inProject('reader', 'volume:get')), async (request) => {
    const record = await volumeOfCaller(api.services, request.caller, request.params.id);
    const [volume] = await shownVolumes(request, api, [record]);
    return { volume };
  });
}

/** The part of the list that is asked for. */
async function listVolumes(
  request: FastifyRequest<List>,
  api: Api,
  view: (page: readonly VolumeRecord[]) => object[] | Promise<object[]>,
): Promise<object> {
  const all = valuesOf(request.query, 'all_tenants').some((value) => isYes(value));
  const { page, links } = volumePage(request, await volumesOfCaller(api.services, request.caller, all));
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
