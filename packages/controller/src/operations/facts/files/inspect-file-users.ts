import type { Call } from '@ferry/hypervisor';
import {
  describeUser,
  type FileNaming,
  type Host,
  type PlanObstacle,
  targetPathOf,
  type TransferPlan,
} from '@ferry/model';
import type { Services } from '../../engine/services.ts';
import { type Asking, lookForUsers } from './look-for-users.ts';

/** Who else has what a plan copies from a host: its disks, and what they stand on where that is brought, too. */
export function inspectFileUsers(
  services: Services,
  source: Host,
  plan: TransferPlan,
  asking: Asking,
  call: Call,
): Promise<FileNaming[]> {
  const files = plan.disks.flatMap((disk) =>
    disk.action === 'copy'
      ? [disk.path, ...disk.backing.filter(({ action }) => action === 'bring').map(({ path }) => path)]
      : [],
  );
  return lookForUsers(services, source, [...new Set(files)], asking, call);
}

/** The same plan, of which each file that stands in the way is told with whose it is. */
export async function withOwners(
  services: Services,
  target: Host,
  plan: TransferPlan,
  asking: Asking,
  call: Call,
): Promise<TransferPlan> {
  const pathOf = ({ path }: PlanObstacle): string | null => (path === null ? null : targetPathOf(plan, path));
  const taken = plan.obstacles.filter(({ kind, path }) => kind === 'path-taken' && path !== null);
  if (taken.length === 0) return plan;
  const paths = [...new Set(taken.map((one) => pathOf(one) ?? ''))];
  const namings = await lookForUsers(services, target, paths, asking, call);
  const obstacles = plan.obstacles.map((one) => {
    if (one.kind !== 'path-taken') return one;
    const users = namings.find(({ path }) => path === pathOf(one))?.users ?? [];
    return {
      ...one,
      reason: users.length === 0 ? 'no domain there names it' : users.map(describeUser).join('; '),
    };
  });
  return { ...plan, obstacles };
}
