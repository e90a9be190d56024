import type { FlavorBody } from '@ferry/api';
import type { Flavor } from '@ferry/model';
import type { OwnFlavorControls } from './http/controls.ts';
import { createFlavor, deleteFlavor, flavorNamed } from './operations/flavors/flavors.ts';
import type { Services } from './operations/engine/services.ts';

/** Joins the pages of flavors to their operations. */
export function flavorControls(services: Services): OwnFlavorControls {
  return {
    list: async () => (await services.store.flavors.list()).map(flavorBody),
    create: async ({ name, id, vcpus, memoryMib, rootGib = 0, isPublic = true, description = null }) =>
      flavorBody(
        await createFlavor(services, {
          id: id ?? null,
          name,
          vcpus,
          memoryMib,
          rootGib,
          ephemeralGib: 0,
          swapMib: 0,
          rxtxFactor: 1,
          isPublic,
          description,
        }),
      ),
    remove: async (idOrName) => {
      const flavor = await flavorNamed(services, idOrName);
      await deleteFlavor(services, flavor.id);
      return flavorBody(flavor);
    },
  };
}

function flavorBody({ id, name, vcpus, memoryMib, rootGib, isPublic, description }: Flavor): FlavorBody {
  return { id, name, vcpus, memoryMib, rootGib, isPublic, description };
}
