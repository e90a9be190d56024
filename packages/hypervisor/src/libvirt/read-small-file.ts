import { downloadVolume, type StorageVolumeRef } from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { HostConnection } from './host-connection.ts';
import type { LibvirtPools } from './libvirt-pools.ts';

/** What of a file is read: all of one that must not be larger, or so much of the end of one that may be. */
export type SmallPart = { readonly maxBytes: number } | { readonly lastBytes: number };

/** What the kernel shows its settings in has a page. */
const defaultPart: SmallPart = { maxBytes: 65_536 };

/**
 * The text of a small file of a host, such as the kernel shows its settings in, or what stands at the end of a larger one;
 * null when nothing is there. Throws HypervisorError, `refused` for a file that is larger than it may be: a host decides
 * how much comes, and not how much is kept.
 */
export async function readSmallFile(
  connection: HostConnection,
  pools: LibvirtPools,
  path: string,
  call: Call,
  part: SmallPart = defaultPart,
): Promise<string | null> {
  const vol = await pools.volume(path, call);
  if (vol === null) return null;
  const ofEnd = 'lastBytes' in part;
  const offsetBytes = ofEnd ? await startOf(connection, vol, part.lastBytes, call) : 0;
  const maxBytes = ofEnd ? part.lastBytes : part.maxBytes;
  const own = await connection.open(call);
  const parts: Uint8Array[] = [];
  let keptBytes = 0;
  try {
    for await (const chunk of downloadVolume(own, vol, { ...call, offsetBytes })) {
      if (chunk.kind !== 'data') continue;
      const rest = maxBytes - keptBytes;
      if (chunk.bytes.length > rest && !ofEnd) throw tooLarge(connection, path, maxBytes);
      // A file whose end is read may grow meanwhile.
      parts.push(chunk.bytes.subarray(0, rest));
      keptBytes += Math.min(chunk.bytes.length, rest);
      if (ofEnd && keptBytes === maxBytes) break;
    }
  } catch (error) {
    throw connection.errorOf(error);
  } finally {
    own.destroy();
  }
  return Buffer.concat(parts).toString('latin1').trim();
}

function tooLarge({ uri }: HostConnection, path: string, maxBytes: number): HypervisorError {
  const message = `${uri}: ${path} has more than the ${maxBytes} bytes that are read of it`;
  return new HypervisorError('refused', uri, message);
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
