import type { DomainFacts } from '../instance/domain-facts.ts';
import type { TransferPlan } from './transfer-plan.ts';

/**
 * The disks that are copied while the guest runs, by the guest's names of them: those that it writes to. Null where there is
 * no use in it: the guest does not run, or none of its disks is copied. What never changes, and the firmware's variables,
 * need no overlay.
 */
export function planWarm(
  domain: Pick<DomainFacts, 'power' | 'disks'>,
  plan: TransferPlan,
): TransferPlan['warm'] {
  if (domain.power !== 'running') return null;
  const guests = new Set(domain.disks.map((disk) => disk.target));
  const written = plan.disks.filter(
    (disk) => disk.action === 'copy' && !disk.readOnly && guests.has(disk.target),
  );
  return written.length === 0 ? null : written.map((disk) => disk.target);
}
