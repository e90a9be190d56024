import type { Call, HypervisorHost } from '@ferry/hypervisor';

/** The name of a domain, running or not, that a device of its host belongs to; null where none names it. */
export async function userOfDevice(host: HypervisorHost, path: string, call: Call): Promise<string | null> {
  const domains = await host.domains.list(call);
  return domains.find(({ disks }) => disks.some((disk) => disk.path === path))?.name ?? null;
}
