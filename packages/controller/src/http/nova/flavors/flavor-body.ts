import type { Flavor } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import { publicUrl } from '../../openstack/public-url.ts';
import { speaks } from '../microversions.ts';

/** A flavor as lists name it. */
export function flavorEntry(request: FastifyRequest, flavor: Flavor): Record<string, unknown> {
  return {
    id: flavor.id,
    name: flavor.name,
    links: linksOf(request, flavor),
    ...(speaks(request, 55) ? { description: flavor.description } : {}),
  };
}

/** A flavor with everything. Extra specs are told to whoever may use it. */
export function flavorBody(request: FastifyRequest, flavor: Flavor): Record<string, unknown> {
  // No swap was an empty text before 2.75.
  const noSwap = speaks(request, 75) ? 0 : '';
  return {
    id: flavor.id,
    name: flavor.name,
    ram: flavor.memoryMib,
    disk: flavor.rootGib,
    swap: flavor.swapMib === 0 ? noSwap : flavor.swapMib,
    'OS-FLV-EXT-DATA:ephemeral': flavor.ephemeralGib,
    'OS-FLV-DISABLED:disabled': false,
    vcpus: flavor.vcpus,
    'os-flavor-access:is_public': flavor.isPublic,
    rxtx_factor: flavor.rxtxFactor,
    links: linksOf(request, flavor),
    ...(speaks(request, 55) ? { description: flavor.description } : {}),
    ...(speaks(request, 61) ? { extra_specs: flavor.extraSpecs } : {}),
  };
}

function linksOf(request: FastifyRequest, { id }: Flavor): object[] {
  const base = publicUrl(request);
  return [
    { rel: 'self', href: `${base}/v2.1/flavors/${id}` },
    { rel: 'bookmark', href: `${base}/flavors/${id}` },
  ];
}
