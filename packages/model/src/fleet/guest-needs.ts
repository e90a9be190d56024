import { directoryOf } from '../check/show-values.ts';
import type { DiskFacts, DomainFacts } from '../instance/domain-facts.ts';
import { asksNothing, type GuestAsks } from './guest-asks.ts';

/** What a guest's definition asks of any host that it runs on, as far as a plan reckons with it. */
export interface GuestNeeds {
  readonly machineType: string;
  readonly domainType: string;
  /** Its processors are the host's own (`host-passthrough`): they go where there are the same ones. */
  readonly ownProcessors: boolean;
  readonly hostDevices: readonly string[];
  /** Files that it writes, with what they take; in directories that hosts share they stay. */
  readonly files: readonly { readonly directory: string; readonly bytes: number }[];
  /** Directories of these and of what is only read (bases, media), but for those of disks that are named by a pool, which may be elsewhere on another host. */
  readonly directories: readonly string[];
  /** Storage pools that its disks are named by. */
  readonly pools: readonly string[];
  readonly memoryBytes: number;
  /** What the checks ask of it and of its target by the rest of its definition; null: an earlier version has read it. */
  readonly asks: GuestAsks | null;
}

/** What a plan needs of a definition. */
export function guestNeeds(domain: DomainFacts, asks: GuestAsks | null = null): GuestNeeds {
  const { nvram } = domain.extras;
  const disks = nvram === null ? domain.disks : [...domain.disks, nvram];
  const written = disks.filter((disk) => !disk.readOnly && isFile(disk));
  const read = disks.flatMap((disk) => [
    ...(disk.readOnly && isFile(disk) ? [pathOf(disk)] : []),
    ...disk.backing.filter(({ device }) => device !== true).map(({ path }) => path),
  ]);
  const byPath = written.filter(({ volume }) => volume === null);
  return {
    machineType: domain.machineType,
    domainType: domain.domainType,
    ownProcessors: domain.cpuXml !== null && /mode=['"]host-passthrough['"]/.test(domain.cpuXml),
    hostDevices: domain.hostDevices,
    files: written.map((disk) => ({
      directory: directoryOf(pathOf(disk)),
      bytes: disk.image?.allocationBytes ?? 0,
    })),
    directories: [...new Set([...byPath.map(pathOf), ...read].map(directoryOf))],
    pools: [...new Set(domain.disks.flatMap(({ volume }) => volume?.pool ?? []))],
    memoryBytes: domain.memoryBytes,
    asks: asks !== null && asksMuch(asks) ? asks : asks === null ? null : asksNothing,
  };
}

function asksMuch({ live, cold }: GuestAsks): boolean {
  return [live, cold].some(({ refusals, questions }) => refusals.length + questions.length > 0);
}

/** A file, and no device: what is at a device's place is on each host that has the device. */
function isFile({ image, path, kind }: DiskFacts): boolean {
  if (image !== null) return image.device !== true;
  return kind === 'file' && path !== null;
}

function pathOf({ image, path }: DiskFacts): string {
  return image?.path ?? path ?? '';
}
