import { ListNodeDevicesFlag } from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import { readStorageDevice } from '../xml/storage-xml.ts';
import type { HostConnection } from './host-connection.ts';
import { parse } from './libvirt-facts.ts';

/**
 * What tells a block device from all others: the key of its volume, where it is one of a pool whose keys are not paths (the
 * uuid of a logical volume, the number of a unit), else the serial number that its own driver tells.
 */
export async function identityOfDevice(
  connection: HostConnection,
  path: string,
  call: Call,
): Promise<string | null> {
  return (await keyOfVolume(connection, path, call)) ?? (await serialOf(connection, path, call));
}

async function keyOfVolume(connection: HostConnection, path: string, call: Call): Promise<string | null> {
  try {
    const { vol } = await connection.call('storageVolLookupByPath', { path }, call);
    // Keys of files are their paths, which tell nothing of another host.
    return vol.key.startsWith('/') ? null : `volume ${vol.key}`;
  } catch (error) {
    if (error instanceof HypervisorError && (error.code === 'no-image' || error.code === 'refused'))
      return null;
    throw error;
  }
}

async function serialOf(connection: HostConnection, path: string, call: Call): Promise<string | null> {
  const args = { needResults: 1, flags: ListNodeDevicesFlag.capStorage };
  const { devices } = await connection.call('connectListAllNodeDevices', args, call);
  for (const { name } of devices) {
    const { xml } = await connection.call('nodeDeviceGetXmlDesc', { name, flags: 0 }, call);
    const device = parse(connection, () => readStorageDevice(xml));
    if (device.paths.includes(path)) return device.serial === null ? null : `serial ${device.serial}`;
  }
  return null;
}
