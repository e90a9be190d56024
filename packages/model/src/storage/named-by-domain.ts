import { showBytes } from '../check/show-values.ts';
import type { DiskFacts, DomainFacts, ImageFacts } from '../instance/domain-facts.ts';

/** A file of a host that a domain names, and what it is to it. */
export interface NamedFile {
  readonly path: string;
  /** In words: `disk vdb`. */
  readonly as: string;
  /** In words; null where its host did not tell. */
  readonly size: string | null;
}

/**
 * Files that a domain names and that are not known: of its life now, of its next start and of its records, with what its disks stand
 * on. What a known image stands on is known with it.
 */
export function unknownFiles(
  { disks, extras }: DomainFacts,
  isKnown: (path: string) => boolean,
): readonly NamedFile[] {
  const { nvram, files = [], nextDisks, recordFiles = [] } = extras;
  const chains = [
    ...[...disks, ...(nextDisks ?? []), ...files].map((disk) => chainOf(disk, wordsFor(disk))),
    ...(nvram === null ? [] : [chainOf(nvram, 'its firmware variables')]),
    ...recordFiles.map((path) => [{ path, as: 'a file of its snapshots', size: null }]),
  ];
  const found = chains.flatMap((chain) => {
    const known = chain.findIndex(({ path }) => isKnown(path));
    return known < 0 ? chain : chain.slice(0, known);
  });
  return [...new Map(found.map((one) => [one.path, one])).values()];
}

const wordsFor = ({ device, target }: DiskFacts): string =>
  `${device === 'disk' || device === 'lun' ? 'disk' : device} ${target}`;

/** The top first. */
function chainOf({ path, image, backing }: DiskFacts, as: string): NamedFile[] {
  const below = backing.map((one) => ({ path: one.path, as: `what ${as} stands on`, size: sizeOf(one) }));
  return path === null ? below : [{ path, as, size: image === null ? null : sizeOf(image) }, ...below];
}

function sizeOf({ format, capacityBytes, allocationBytes }: ImageFacts): string {
  return `${format}, ${showBytes(capacityBytes)}, of which ${showBytes(allocationBytes)} are taken`;
}

/** Devices that are no files and that one description of a domain has and the other one lacks, in words. */
export function devicesOnlyIn(one: DomainFacts, other: DomainFacts): readonly string[] {
  const macs = new Set(other.interfaces.map(({ mac }) => mac.toLowerCase()));
  const plugged = one.interfaces
    .filter(({ mac }) => mac !== '' && !macs.has(mac.toLowerCase()))
    .map(({ mac, kind, source }) => `interface ${mac} (${kind}${source === null ? '' : ` ${source}`})`);
  const left = [...other.hostDevices];
  const passed = one.hostDevices.filter((type) => {
    const at = left.indexOf(type);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  const targets = new Set(allDisks(other).map(({ target }) => target));
  const remote = allDisks(one).filter(({ path, target }) => path === null && !targets.has(target));
  return [
    ...plugged,
    ...passed.map((type) => `a ${type} device of the host`),
    ...(one.managedSave ? ['its saved memory'] : []),
    ...remote.map((disk) => `${wordsFor(disk)} (${placeOf(disk)})`),
  ];
}

const allDisks = ({ disks, extras }: DomainFacts): DiskFacts[] => {
  const all = [...disks, ...(extras.nextDisks ?? [])];
  return [...new Map(all.map((disk) => [disk.target, disk])).values()];
};

function placeOf({ kind, volume, network }: DiskFacts): string {
  if (volume !== null) return `volume ${volume.name} of pool ${volume.pool}`;
  return network === null ? kind : `${network.protocol} ${network.name}`;
}
