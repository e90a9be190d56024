import {
  type DomainFacts,
  type EffectivePolicy,
  type EncryptionFacts,
  type Host,
  isSmallHotSet,
  memoryNow,
  policyValuesOf,
  type TransferPlan,
  type TransferStrategy,
  transferStrategy,
} from '@ferry/model';
import type { Services } from '../engine/services.ts';

/** What is to be moved, and between which hosts. */
export interface StrategySides {
  readonly instanceId: string;
  readonly domain: DomainFacts;
  readonly plan: TransferPlan;
  readonly source: Pick<Host, 'facts'>;
  readonly target: Pick<Host, 'facts'>;
  readonly encryption: EncryptionFacts | null;
}

/** What the hypervisor is told at the start of a live move, by what holds for it and what both hosts can. */
export async function strategyOf(
  { store }: Pick<Services, 'store'>,
  policy: EffectivePolicy,
  { instanceId, domain, plan, source, target, encryption }: StrategySides,
): Promise<TransferStrategy> {
  const before = await store.transfers.lastControl(instanceId);
  return transferStrategy({
    values: policyValuesOf(policy),
    downtimeFrom: policy.maxDowntimeMs.from.kind,
    memoryBytes: memoryNow(domain),
    libvirt: {
      source: source.facts?.libvirtVersion ?? null,
      target: target.facts?.libvirtVersion ?? null,
    },
    qemu: { source: source.facts?.hypervisorVersion ?? null },
    freshDisks: freshDisksOf(plan),
    encryption,
    smallHotSet: before === null ? null : isSmallHotSet(before),
  });
}

/** Disks whose files this move makes: new, and on nothing. A device may hold what was there before, an overlay shows its base. */
function freshDisksOf({ disks }: TransferPlan): string[] {
  return disks.flatMap((disk) =>
    disk.action === 'copy' && !disk.readOnly && disk.toDevice !== true && disk.backing.length === 0
      ? [disk.target]
      : [],
  );
}
