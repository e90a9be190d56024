import type { Call, HypervisorHost } from '@ferry/hypervisor';
import type { DiskFacts, SecretComparison, SecretFacts, SecretRef } from '@ferry/model';
import { told } from './told.ts';

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
