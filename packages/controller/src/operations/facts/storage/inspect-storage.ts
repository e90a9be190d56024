import type { Call, HypervisorHost } from '@ferry/hypervisor';
import {
  type CheckInput,
  type DiskFacts,
  type DomainFacts,
  ownValue,
  type PoolComparison,
  type PoolFacts,
  type SecretComparison,
  type SecretFacts,
  type SecretRef,
} from '@ferry/model';

/** What disks take beside files and devices, as both hosts have it. */
export async function inspectStorage(
  source: HypervisorHost,
  target: HypervisorHost,
  { disks }: DomainFacts,
  names: Readonly<Record<string, string>>,
  call: Call,
): Promise<Pick<CheckInput, 'pools' | 'secrets'>> {
  const [pools, secrets] = await Promise.all([
    inspectPools(source, target, disks, names, call),
    inspectSecrets(source, target, disks, call),
  ]);
  return { pools, secrets };
}

/** The pools that disks are named by, as both hosts have them. What a host does not tell is null. */
function inspectPools(
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

/** The secrets that disks name, as both hosts have them. Values are compared here and go nowhere. */
function inspectSecrets(
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

/** What a host told: `absent` where it has no such thing, null where it did not answer. */
function told<T>(question: Promise<T | null>): Promise<T | 'absent' | null> {
  return question.then(
    (found) => found ?? 'absent',
    () => null,
  );
}
