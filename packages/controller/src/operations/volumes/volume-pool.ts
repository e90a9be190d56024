import type { HypervisorHost } from '@ferry/hypervisor';
import type { Call } from '@ferry/hypervisor';
import type { PoolPlace } from '@ferry/model';

/** A volume of a pool as one host has it; null where it has none. A pool that runs is looked at anew, one that does not stays off. */
export async function lookForVolume(
  { pools }: HypervisorHost,
  { pool, name }: PoolPlace,
  call: Call,
): Promise<{ readonly path: string; readonly format: string; readonly capacityBytes: number } | null> {
  const facts = await pools.pool(pool, call);
  if (facts?.active !== true) return null;
  await pools.ensureActive(pool, call);
  const found = await pools.volume(pool, name, call);
  if (found === null) return null;
  // Of a unit on the network libvirt says no format: it is what it is.
  return { ...found, format: found.format === 'unknown' ? 'raw' : found.format };
}
