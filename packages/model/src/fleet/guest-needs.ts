import type { DiskFacts, DomainFacts } from '../instance/domain-facts.ts';
import { directoryOf } from '../check/show-values.ts';

/** What a guest's definition asks of any host that it runs on, as far as a plan reckons with it. */
export interface GuestNeeds {
  readonly machineType: string;
  readonly domainType: string;
  /** Its processors are the host's own (`host-passthrough`): they go where there are the same ones. */
  readonly ownProcessors: boolean;
  readonly hostDevices: readonly string[];
  /** Files that it writes, with what they take; in directories that hosts share they stay. */
  readonly files: readonly { readonly directory: string; readonly bytes: number }[];
  /** Files that are only read, by their directories: bases, media. */
  readonly readDirectories: readonly string[];
}

/** What a plan needs of a definition. */
export function guestNeeds(domain: DomainFacts): GuestNeeds {
  const { nvram } = domain.extras;
  const disks = nvram === null ? domain.disks : [...domain.disks, nvram];
  const written = disks.filter((disk) => !disk.readOnly && isFile(disk));
  const read = disks.flatMap((disk) => [
    ...(disk.readOnly && isFile(disk) ? [pathOf(disk)] : []),
    ...disk.backing.filter(({ device }) => device !== true).map(({ path }) => path),
  ]);
  return {
    machineType: domain.machineType,
    domainType: domain.domainType,
    ownProcessors: domain.cpuXml !== null && /mode=['"]host-passthrough['"]/.test(domain.cpuXml),
    hostDevices: domain.hostDevices,
    files: written.map((disk) => ({
      directory: directoryOf(pathOf(disk)),
      bytes: disk.image?.allocationBytes ?? 0,
    })),
    readDirectories: [...new Set(read.map(directoryOf))],
  };
}

/** A file, and no device: what is at a device's place is on each host that has the device. */
function isFile({ image, path, kind }: DiskFacts): boolean {
  if (image !== null) return image.device !== true;
  return kind === 'file' && path !== null;
}

function pathOf({ image, path }: DiskFacts): string {
  return image?.path ?? path ?? '';
}
