import { dirname } from 'node:path';
import type { Call, HypervisorHost } from '@ferry/hypervisor';
import {
  type CheckInput,
  type DomainFacts,
  type Owner,
  type OwnershipFacts,
  targetPathOf,
  type TransferPlan,
} from '@ferry/model';

/** One host: who its QEMU is, and the way to ask it. */
interface Side {
  readonly qemuOwner: Owner | null;
  readonly host: HypervisorHost;
}

/**
 * What both hosts do with the owner of images, in a directory that both see. Each is asked by trying, so only where it
 * matters: where their QEMU users differ and a file is shared.
 */
export async function inspectOwnership(
  source: Side,
  target: Side,
  domain: DomainFacts,
  plan: TransferPlan,
  call: Call,
): Promise<CheckInput['ownership']> {
  const shared = plan.disks.find(
    (disk) =>
      disk.action === 'keep' &&
      disk.path !== null &&
      domain.disks.some((one) => one.target === disk.target && one.kind === 'file'),
  );
  const same =
    source.qemuOwner?.uid === target.qemuOwner?.uid && source.qemuOwner?.gid === target.qemuOwner?.gid;
  if (same || shared === undefined || shared.path === null) return { source: null, target: null };
  const ask = (host: HypervisorHost, directory: string): Promise<OwnershipFacts | null> =>
    // A host that cannot be tried on is one that did not tell: the check says what follows from that.
    host.trials.ownership(directory, call).catch(() => null);
  const [ofSource, ofTarget] = await Promise.all([
    ask(source.host, dirname(shared.path)),
    ask(target.host, dirname(targetPathOf(plan, shared.path))),
  ]);
  return { source: ofSource, target: ofTarget };
}
