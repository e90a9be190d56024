import type { Call, HypervisorHost } from '@ferry/hypervisor';
import { type DiskFacts, ownValue, type PoolComparison, type PoolFacts } from '@ferry/model';
import { told } from './told.ts';

/** The pools that disks are named by, as both hosts have them. What a host does not tell is null. */
export function inspectPools(
  source: HypervisorHost | null,
  target: HypervisorHost | null,
  disks: readonly DiskFacts[],
  names: Readonly<Record<string, string>>,
  call: Call,
): Promise<PoolComparison[]> {
  const used = new Set(disks.flatMap(({ volume }) => (volume === null ? [] : [volume.pool])));
  const see = (host: HypervisorHost | null, name: string): Promise<PoolFacts | 'absent' | null> =>
    host === null ? Promise.resolve(null) : told(host.pools.pool(name, call));
  return Promise.all(
    Array.from(used, async (name) => {
      const targetName = ownValue(names, name) ?? name;
      const [atSource, onTarget] = await Promise.all([see(source, name), see(target, targetName)]);
      return { name, targetName, atSource, onTarget };
    }),
  );
}
