import { type StorageSettings, storageSettings } from '../host/host.ts';
import type { PoolComparison, PoolFacts } from '../storage/pool-facts.ts';
import { bothKinds, type Check, type CheckInput } from './check-input.ts';
import { type Finding, noted, passed, refused, unsure, warned } from './finding.ts';

const code = 'pool-present';

/** Every pool that the guest names a disk by is the same on the target, or is made so. */
export const poolPresentCheck: Check = {
  code,
  about: 'the storage pools that the guest names disks by are the same on the target',
  kinds: bothKinds,
  judge: (input) => {
    const findings = [...input.pools.map((pool) => judgePool(pool, input)), ...unusedNames(input)];
    return findings.length > 0 ? findings : [passed(code, 'the guest names no disk by a pool', { pools: 0 })];
  },
};

function judgePool(pool: PoolComparison, input: CheckInput): Finding {
  const { name, targetName, atSource, onTarget } = pool;
  const compared = {
    pool: name,
    target: targetName,
    atSource: describe(atSource),
    onTarget: describe(onTarget),
  };
  if (onTarget === null || atSource === null) {
    const side = onTarget === null ? 'target' : 'source';
    const remedy = `See that its libvirtd answers (virsh pool-info ${targetName}), then check again.`;
    return unsure(code, `the ${side} did not tell of the pool "${targetName}"`, compared, remedy);
  }
  if (atSource === 'absent') {
    const remedy = `Define it again, or name the disk otherwise in the guest's definition.`;
    return refused(code, `the source has no pool "${name}" any more`, compared, remedy);
  }
  if (onTarget === 'absent') return judgeAbsent(pool, atSource, input, compared);
  const difference = poolDiffers(atSource, onTarget, name, storageSettings(input.request, input.target));
  if (difference !== null) {
    const remedy = `Name the pool that is the same there: --map-pool ${name}=OTHER; or define it as on the source (virsh pool-dumpxml ${name}).`;
    return refused(
      code,
      `the pool "${targetName}" of the target is another one: ${difference}`,
      compared,
      remedy,
    );
  }
  if (!onTarget.active)
    return noted(code, `the pool "${targetName}" of the target is not active: it will be started`, compared);
  return passed(code, `the target has the pool "${targetName}"`, compared);
}

/**
 * A directory is where it is, unless somebody said that it is elsewhere there; another kind is what it is made of, wherever
 * it is.
 */
export function poolDiffers(
  source: PoolFacts,
  target: PoolFacts,
  name: string,
  settings: Pick<StorageSettings, 'pools' | 'paths'>,
): string | null {
  const bothFiles = source.directory !== null && target.directory !== null;
  if (!bothFiles && source.type !== target.type) return `it is ${target.type}, and ${source.type} here`;
  if (bothFiles) {
    const elsewhere =
      Object.hasOwn(settings.pools, name) || settings.paths[source.directory ?? ''] === target.directory;
    if (elsewhere || source.directory === target.directory) return null;
    return `it is ${target.directory}, and ${source.directory} here`;
  }
  return source.source === target.source ? null : `it is of ${target.source}, and of ${source.source} here`;
}

function judgeAbsent(
  { name, targetName }: PoolComparison,
  source: PoolFacts,
  { request, target }: CheckInput,
  compared: Finding['compared'],
): Finding {
  if (storageSettings(request, target).define && name === targetName) {
    const what = `the target has no pool "${targetName}": it will be defined as on the source, and started`;
    return noted(code, what, compared);
  }
  const remedy = `Let Ferry define it as on the source: --define-pools, do it by hand (virsh pool-dumpxml ${name} on the source shows it), or name the one that is the same there: --map-pool ${name}=OTHER.`;
  return refused(code, `the target has no pool "${targetName}" (${describe(source)})`, compared, remedy);
}

function describe(pool: PoolComparison['onTarget']): string | null {
  if (pool === null || pool === 'absent') return pool;
  return `${poolWords(pool)}${pool.active ? '' : ', not active'}`;
}

/** What a pool is made of: `dir /srv/vms`, `netfs host=nas dir=/vms`. */
export function poolWords({ type, directory, source }: PoolFacts): string {
  return `${type} ${directory ?? source}`;
}

/** A name that no disk goes by is a slip of the pen. */
function unusedNames({ request, pools }: CheckInput): Finding[] {
  const used = new Set(pools.map((pool) => pool.name));
  return Object.keys(request.poolMap)
    .filter((name) => !used.has(name))
    .map((name) => {
      const compared = { mapped: name, guestHas: [...used].join(', ') };
      const what = `the guest names no disk by the pool "${name}", which is mapped`;
      return warned(code, what, compared, 'Correct the name, or leave it out.');
    });
}
