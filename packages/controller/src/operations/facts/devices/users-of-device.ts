import { posix } from 'node:path';
import type { Call, HypervisorHost } from '@ferry/hypervisor';

/** Who a device of a host belongs to, by whatever path; and what could not be read, behind which somebody else may be. */
export interface DeviceUsers {
  /** The name of a domain, running or not; null where none is known. */
  readonly user: string | null;
  readonly unread: string | null;
}

export async function usersOfDevice(host: HypervisorHost, path: string, call: Call): Promise<DeviceUsers> {
  const domains = await host.storage.inUse(call);
  const identity = await host.storage.identity(path, call);
  const plain = posix.normalize(path);
  // Two paths to one device are told by what the device itself is known by.
  const isSame = async (other: string): Promise<boolean> => {
    if (posix.normalize(other) === plain) return true;
    return (
      identity !== null &&
      other.startsWith('/dev/') &&
      (await host.storage.identity(other, call)) === identity
    );
  };
  for (const { name, paths, named } of domains)
    for (const other of [...paths, ...named.filter((one) => one.startsWith('/dev/'))])
      if (await isSame(other)) return { user: name, unread: null };
  const unread = domains.find((one) => one.unread !== null);
  return { user: null, unread: unread === undefined ? null : `${unread.name} (${unread.unread})` };
}
