import { defaultVolumeType, type VolumeType } from '@ferry/model';
import { inProject, ofAll } from '../access/access.ts';
import { hidden } from '../access/hidden.ts';
import { NovaFault } from '../nova/nova-fault.ts';
import type { App, RouteOptions } from '../routing/route-options.ts';
import { volumeTypes } from '../../operations/volumes/volume-types.ts';

type One = { Params: { id: string } };

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
