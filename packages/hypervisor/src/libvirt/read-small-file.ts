import { downloadVolume, type StorageVolumeRef } from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import type { HostConnection } from './host-connection.ts';
import type { LibvirtPools } from './libvirt-pools.ts';

/**
 * The text of a small file of a host, such as the kernel shows its settings in, or what stands at the end of a larger one;
 * null when nothing is there.
 */
export async function readSmallFile(
  connection: HostConnection,
  pools: LibvirtPools,
  path: string,
  call: Call,
  lastBytes: number | null = null,
): Promise<string | null> {
  const vol = await pools.volume(path, call);
  if (vol === null) return null;
  const offsetBytes = lastBytes === null ? 0 : await startOf(connection, vol, lastBytes, call);
  const own = await connection.open(call);
  const parts: Uint8Array[] = [];
  try {
    for await (const chunk of downloadVolume(own, vol, { ...call, offsetBytes })) {
      if (chunk.kind === 'data') parts.push(chunk.bytes);
    }
  } catch (error) {
    throw connection.errorOf(error);
  } finally {
    own.destroy();
  }
  return Buffer.concat(parts).toString('latin1').trim();
}

async function startOf(
  connection: HostConnection,
  vol: StorageVolumeRef,
  lastBytes: number,
  call: Call,
): Promise<number> {
  const { capacity } = await connection.call('storageVolGetInfo', { vol }, call);
  return Math.max(0, Number(capacity) - lastBytes);
}
