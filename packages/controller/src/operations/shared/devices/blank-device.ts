import type { Call, HostStorage } from '@ferry/hypervisor';
import { deviceSamples } from './device-samples.ts';

/**
 * Makes a device look as blank as it did before it was written to, where anybody looks for what is on it. What was written
 * elsewhere stays: to overwrite all of a large device takes as long as the copy did. A device that is gone is fine.
 */
export async function blankDevice(storage: HostStorage, path: string, call: Call): Promise<void> {
  const there = await storage.image(path, call);
  if (there === null) return;
  for (const piece of deviceSamples(there.capacityBytes))
    await storage.writeImage(path, piece, zeros(piece.lengthBytes), call);
}

async function* zeros(
  lengthBytes: number,
): AsyncGenerator<{ readonly kind: 'data'; readonly bytes: Uint8Array }> {
  yield await Promise.resolve({ kind: 'data', bytes: new Uint8Array(lengthBytes) });
}
