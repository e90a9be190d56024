import type { DomainFacts } from '../instance/domain-facts.ts';
import type { FlavorSnapshot } from '../instance/instance-profile.ts';
import type { InstanceSize, Resize } from '../migration/migration.ts';

const mebibyte = 1024 ** 2;
const gibibyte = 1024 ** 3;

/** Why a guest cannot have another size. Sizes in bytes. */
export type ResizeObstacle =
  | {
      readonly kind: 'disk-shrinks';
      readonly disk: string;
      readonly hasBytes: number;
      readonly toBytes: number;
    }
  /** Its root disk is no file, or its size is not known, so that it cannot be made larger. */
  | { readonly kind: 'disk-fixed'; readonly disk: string; readonly toBytes: number }
  /** It ties processors or memory to nodes of its host, which another number would not fit. */
  | { readonly kind: 'numa' };

/** What a change of size changes, and what is in its way. */
export interface ResizePlan {
  readonly resize: Resize;
  readonly obstacles: readonly ResizeObstacle[];
}

/** From what the instance has to a flavor; a flavor's root disk of 0 leaves the disk as it is. */
export function planResize(domain: DomainFacts, from: InstanceSize, flavor: FlavorSnapshot): ResizePlan {
  const to = { memoryBytes: flavor.memoryMib * mebibyte, vcpus: flavor.vcpus, flavor };
  const obstacles: ResizeObstacle[] = [];
  if (domain.cpuXml?.includes('<numa') === true) obstacles.push({ kind: 'numa' });
  const root = domain.disks.find(({ device, readOnly }) => device === 'disk' && !readOnly);
  const toBytes = flavor.rootGib * gibibyte;
  if (root === undefined || toBytes === 0) return { resize: { from, to, rootDisk: null }, obstacles };
  const hasBytes = root.image?.capacityBytes ?? null;
  if (hasBytes !== null && toBytes < hasBytes)
    obstacles.push({ kind: 'disk-shrinks', disk: root.target, hasBytes, toBytes });
  const grows = hasBytes === null || toBytes > hasBytes;
  if (!grows) return { resize: { from, to, rootDisk: null }, obstacles };
  if (hasBytes === null || root.path === null || root.kind !== 'file') {
    obstacles.push({ kind: 'disk-fixed', disk: root.target, toBytes });
    return { resize: { from, to, rootDisk: null }, obstacles };
  }
  const rootDisk = { path: root.path, capacityBytes: toBytes, format: root.format };
  return { resize: { from, to, rootDisk }, obstacles };
}
