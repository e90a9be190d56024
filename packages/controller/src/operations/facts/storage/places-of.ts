import { join } from 'node:path';
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
    const there = await placeOfVolume(target, disk, pools, call);
    if (disk.path !== null && there !== null) found.set(disk.path, there);
  }
  const moved = [...found].filter(([from, to]) => from !== to);
  return { paths: Object.fromEntries(moved), named: new Set(found.keys()) };
}

/** A pool that is named otherwise there has its files where it is. */
function directoryRules(pools: readonly PoolComparison[], settings: StorageSettings): Record<string, string> {
  const rules: Record<string, string> = {};
  for (const { name, atSource, onTarget } of pools) {
    if (!Object.hasOwn(settings.pools, name)) continue;
    const [from, to] = [atSource, onTarget].map((pool) =>
      typeof pool === 'object' ? pool?.directory : null,
    );
    if (from !== null && from !== undefined && to !== null && to !== undefined) rules[from] = to;
  }
  return rules;
}

/** A volume goes by its name in the pool, wherever that is there, and not by its path. */
async function placeOfVolume(
  target: HypervisorHost,
  { kind, volume }: DiskFacts,
  pools: readonly PoolComparison[],
  call: Call,
): Promise<string | null> {
  const pool = pools.find(({ name }) => name === volume?.pool);
  if (volume === null || pool === undefined) return null;
  if (kind === 'block') return target.pools.volumePath(pool.targetName, volume.name, call);
  // One that is missing is defined as it is here.
  const there = typeof pool.onTarget === 'object' && pool.onTarget !== null ? pool.onTarget : pool.atSource;
  const directory = typeof there === 'object' ? (there?.directory ?? null) : null;
  return kind === 'file' && directory !== null ? join(directory, volume.name) : null;
}

/** Where files beside the disks are on the target, by their path at the source, where it is another. */
export function placesOfFiles(files: readonly string[], { paths }: StorageSettings): Record<string, string> {
  const moved = files.flatMap((path) => {
    const there = mappedPath(path, paths);
    return there === null || there === path ? [] : [[path, there] as const];
  });
  return Object.fromEntries(moved);
}
