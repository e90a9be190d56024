import type { ServerRecord } from '../../../store/instances/server-record.ts';

const mebibyte = 1024 * 1024;
/** The flavor that an adopted instance is told to have: what it has itself. */
export const adoptedFlavor = 'adopted';

/** The flavor within a server: where it is found, and since 2.47 what it was when the instance was made from it. */
export function flavorView(
  { instance, profile }: ServerRecord,
  minor: number,
  baseUrl: string,
): Record<string, unknown> {
  const { flavor } = profile;
  if (minor < 47) {
    const id = flavor?.id ?? adoptedFlavor;
    return { id, links: [{ rel: 'bookmark', href: `${baseUrl}/flavors/${id}` }] };
  }
  return {
    vcpus: flavor?.vcpus ?? instance.vcpus,
    ram: flavor?.memoryMib ?? Math.ceil(instance.memoryBytes / mebibyte),
    disk: flavor?.rootGib ?? 0,
    ephemeral: flavor?.ephemeralGib ?? 0,
    swap: flavor?.swapMib ?? 0,
    original_name: flavor?.name ?? adoptedFlavor,
    extra_specs: flavor?.extraSpecs ?? {},
  };
}
