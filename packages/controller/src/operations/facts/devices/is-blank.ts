import { type Call, type HostStorage, SparseDigest } from '@ferry/hypervisor';
import { deviceSamples } from './device-samples.ts';

/** Whether nothing is on a device, as far as samples tell: only zeros, where anything in use has its marks. */
export async function isBlank(
  storage: HostStorage,
  path: string,
  capacityBytes: number,
  call: Call,
): Promise<boolean> {
  for (const piece of deviceSamples(capacityBytes)) {
    const zeros = new SparseDigest();
    zeros.add({ kind: 'hole', lengthBytes: piece.lengthBytes });
    if ((await storage.digest(path, call, piece)) !== zeros.end()) return false;
  }
  return true;
}
