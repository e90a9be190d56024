import type { Call, HypervisorHost } from '@ferry/hypervisor';
import type { CheckInput, DomainFacts } from '@ferry/model';
import { inspectPools } from './inspect-pools.ts';
import { inspectSecrets } from './inspect-secrets.ts';

/** What disks take beside files and devices, as both hosts have it. */
export async function inspectVolumes(
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
