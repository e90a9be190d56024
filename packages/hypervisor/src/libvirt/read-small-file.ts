import { downloadVolume } from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import type { HostConnection } from './host-connection.ts';
import type { LibvirtPools } from './libvirt-pools.ts';

/** The text of a small file of a host, such as the kernel shows its settings in; null when nothing is there. */
export async function readSmallFile(
  connection: HostConnection,
  pools: LibvirtPools,
  path: string,
  call: Call,
): Promise<string | null> {
  const vol = await pools.volume(path, call);
  if (vol === null) return null;
  const own = await connection.open(call);
  const parts: Uint8Array[] = [];
  try {
    for await (const chunk of downloadVolume(own, vol, call)) {
      if (chunk.kind === 'data') parts.push(chunk.bytes);
    }
  } catch (error) {
    throw connection.errorOf(error);
  } finally {
    own.destroy();
  }
  return Buffer.concat(parts).toString('latin1').trim();
}
