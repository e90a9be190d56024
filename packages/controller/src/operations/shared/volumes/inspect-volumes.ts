import type { Call, HypervisorHost } from '@ferry/hypervisor';
import type {
  DiskFacts,
  PoolComparison,
  PoolFacts,
  SecretComparison,
  SecretFacts,
  SecretRef,
} from '@ferry/model';

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
      const targetName = names[name] ?? name;
      const [atSource, onTarget] = await Promise.all([see(source, name), see(target, targetName)]);
      return { name, targetName, atSource, onTarget };
    }),
  );
}

/** The secrets that disks name, as both hosts have them. Values are compared here and go nowhere. */
export function inspectSecrets(
  source: HypervisorHost | null,
  target: HypervisorHost | null,
  disks: readonly DiskFacts[],
  call: Call,
): Promise<SecretComparison[]> {
  const named = disks.flatMap(({ target: disk, secrets }) => secrets.map((ref) => ({ disk, ref })));
  const byRef = Map.groupBy(named, ({ ref }) => JSON.stringify(ref));
  return Promise.all(
    [...byRef.values()].flatMap((uses) => {
      const [first] = uses;
      if (first === undefined) return [];
      return [compare(source, target, first.ref, [...new Set(uses.map(({ disk }) => disk))], call)];
    }),
  );
}

async function compare(
  source: HypervisorHost | null,
  target: HypervisorHost | null,
  ref: SecretRef,
  disks: readonly string[],
  call: Call,
): Promise<SecretComparison> {
  const see = (host: HypervisorHost | null): Promise<SecretFacts | 'absent' | null> =>
    host === null ? Promise.resolve(null) : told(host.secrets.secret(ref, call));
  const [atSource, onTarget] = await Promise.all([see(source), see(target)]);
  return { ref, disks, atSource, onTarget, sameValue: await sameValue(source, target, ref, call) };
}

async function sameValue(
  source: HypervisorHost | null,
  target: HypervisorHost | null,
  ref: SecretRef,
  call: Call,
): Promise<boolean | null> {
  if (source === null || target === null) return null;
  const [here, there] = await Promise.all(
    [source, target].map((host) => host.secrets.value(ref, call).catch(() => null)),
  );
  if (here === null || here === undefined || there === null || there === undefined) return null;
  return Buffer.compare(here, there) === 0;
}

function told<T>(question: Promise<T | null>): Promise<T | 'absent' | null> {
  return question.then(
    (found) => found ?? 'absent',
    () => null,
  );
}
