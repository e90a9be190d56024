import type { DiskFacts, ImageFacts } from '../instance/domain-facts.ts';
import type { MigrationKind } from '../migration/migration.ts';
import type { DiskPlan, PlanObstacle } from './transfer-plan.ts';

/** What stands in the way of copying an image because of what it holds beside its disk, or keeps elsewhere. */
export function insideObstacles(
  kind: MigrationKind,
  disk: DiskFacts,
  plans: readonly DiskPlan[],
  targetPaths: Readonly<Record<string, string>>,
): PlanObstacle[] {
  const plan = plans.find((one) => one.target === disk.target);
  if (plan === undefined) return [];
  const { target, path } = disk;
  const isLive = kind === 'live-migration' && !disk.readOnly;
  if (disk.dataOf !== undefined) {
    const renamed = [disk.dataOf, path ?? ''].some((one) => targetPaths[one] !== undefined);
    const reason = renamed
      ? `${disk.dataOf} names it by its path, which is another on the target`
      : 'it is not sent while the guest runs';
    return renamed || (isLive && plan.action === 'copy') ? [{ kind: 'data-file', target, path, reason }] : [];
  }
  if (plan.action !== 'copy') return [];
  const brought = plan.backing.filter(({ action }) => action !== 'present').map((one) => one.path);
  const images = [disk.image, ...disk.backing.filter((one) => brought.includes(one.path))];
  return [
    ...images.flatMap((image) => severalFiles(target, image)),
    ...(isLive ? insideLost(target, disk.image) : []),
  ];
}

function severalFiles(target: string, image: ImageFacts | null): PlanObstacle[] {
  const extents = image?.inside?.extents ?? [];
  if (image === null || extents.length === 0) return [];
  return [{ kind: 'several-files', target, path: image.path, reason: extents.join(', ') }];
}

/** The hypervisor sends the disk that the guest sees, and not what else the file holds. */
function insideLost(target: string, image: ImageFacts | null): PlanObstacle[] {
  const { snapshots = 0, bitmaps = 0 } = image?.inside ?? {};
  if (image === null || snapshots + bitmaps === 0) return [];
  const reason = `${snapshots} snapshots and ${bitmaps} bitmaps`;
  return [{ kind: 'inside-lost', target, path: image.path, reason }];
}
