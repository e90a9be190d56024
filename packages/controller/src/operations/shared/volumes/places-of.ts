import type { Call, HypervisorHost } from '@ferry/hypervisor';
import { type DiskFacts, mappedPath, type PoolComparison, type StorageSettings } from '@ferry/model';

/** Where the files and devices of a guest are on the target. */
export interface Places {
  /** By their path at the source, where it is another. */
  readonly paths: Readonly<Record<string, string>>;
  /** Paths at the source of which somebody has said where they are there, be it the same. */
  readonly named: ReadonlySet<string>;
}

/** Follows the maps of paths and pools for all that a guest's disks are and stand on. */
export async function placesOf(
  target: HypervisorHost,
  disks: readonly DiskFacts[],
  pools: readonly PoolComparison[],
  settings: StorageSettings,
  call: Call,
): Promise<Places> {
  const rules = { ...directoryRules(pools, settings), ...settings.paths };
  const found = new Map<string, string>();
  for (const disk of disks) {
    for (const path of [disk.path, ...disk.backing.map((one) => one.path)]) {
      const there = path === null ? null : mappedPath(path, rules);
      if (path !== null && there !== null) found.set(path, there);
    }
    const device = await deviceOfVolume(target, disk, pools, call);
    if (disk.path !== null && device !== null) found.set(disk.path, device);
  }
  const moved = [...found].filter(([from, to]) => from !== to);
  return { paths: Object.fromEntries(moved), named: new Set(found.keys()) };
}

/** A pool that is named otherwise there has its files where it is. */
function directoryRules(pools: readonly PoolComparison[], settings: StorageSettings): Record<string, string> {
  const rules: Record<string, string> = {};
  for (const { name, atSource, onTarget } of pools) {
    if (settings.pools[name] === undefined) continue;
    const [from, to] = [atSource, onTarget].map((pool) =>
      typeof pool === 'object' ? pool?.directory : null,
    );
    if (from !== null && from !== undefined && to !== null && to !== undefined) rules[from] = to;
  }
  return rules;
}

/** A volume that is a device goes by its name in the pool, whatever its path. */
async function deviceOfVolume(
  target: HypervisorHost,
  { kind, volume, path }: DiskFacts,
  pools: readonly PoolComparison[],
  call: Call,
): Promise<string | null> {
  const pool = pools.find(({ name }) => name === volume?.pool);
  if (kind !== 'block' || volume === null || path === null || pool === undefined) return null;
  return target.pools.volumePath(pool.targetName, volume.name, call);
}
