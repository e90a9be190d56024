import type { Call, HypervisorHost } from '@ferry/hypervisor';
import type { Host } from '@ferry/model';

/** Where libvirt has images when nobody says otherwise. */
const defaultDirectory = '/var/lib/libvirt/images';

/** Where disks are made on a host: as an operator set it; else in its pool `default`; else where libvirt has images. */
export async function imageDirectoryOf(host: Host, there: HypervisorHost, call: Call): Promise<string> {
  if (host.imageDirectory !== null) return host.imageDirectory;
  return (await there.pools.pool('default', call))?.directory ?? defaultDirectory;
}
