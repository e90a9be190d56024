import type { HostFacts } from '../host/host-facts.ts';
import { type Host, whyTakesNone } from '../host/host.ts';
import type { GroupPlacement } from '../server-group/server-group.ts';

/** Families of machines that instances are made as, by architecture; elsewhere it is left to the hypervisor. */
const families: Readonly<Record<string, { readonly versioned: RegExp; readonly alias: string }>> = {
  x86_64: { versioned: /^pc-q35-(\d+)\.(\d+)$/, alias: 'q35' },
  aarch64: { versioned: /^virt-(\d+)\.(\d+)$/, alias: 'virt' },
};

/**
 * The newest machine type that all hosts of an architecture know, so that what is made on one can move to any; the
 * family's own name where they have none in common; null for an architecture of which that is not known.
 */
export function commonMachineType(arch: string, hosts: readonly HostFacts[]): string | null {
  const family = families[arch];
  if (family === undefined) return null;
  const known = hosts.filter((host) => host.arch === arch).map(({ machineTypes }) => machineTypes);
  const [first = [], ...others] = known;
  const common = first.filter((type) => others.every((types) => types.includes(type)));
  const [newest] = common
    .flatMap((type) => {
      const [, major, minor] = family.versioned.exec(type) ?? [];
      return major === undefined ? [] : [{ type, rank: Number(major) * 1000 + Number(minor) }];
    })
    .toSorted((one, other) => other.rank - one.rank);
  return newest?.type ?? family.alias;
}

/** What an instance that is to be created takes on its host. */
export interface ServerNeeds {
  readonly memoryBytes: number;
  readonly vcpus: number;
  /** Null: any. */
  readonly arch: string | null;
}

/** A host as it is now, for an instance that is to be created. */
export interface PlacementCandidate {
  readonly host: Host;
  /** Null where it did not answer: why stands in `problems`. */
  readonly facts: HostFacts | null;
  /** Memory that is promised to others which are on their way. */
  readonly claimedMemoryBytes: number;
  /** Memory of all instances that belong there: those that have not used theirs yet, or are off, will want it. */
  readonly instanceMemoryBytes: number;
  /** What the instance takes in the directory of images: its disk, and a base that is not there yet. */
  readonly diskBytes: number;
  /** What the directory can give, without what is promised already; null: there is no such directory. */
  readonly roomBytes: number | null;
  /** What the server group says. */
  readonly group: GroupPlacement;
  /** All else that keeps it from this host: networks that it lacks, a zone, a hint. */
  readonly problems: readonly string[];
}

/** A host for an instance that is to be created, or why every one was left out. */
export type ServerPlacement =
  | { readonly candidate: PlacementCandidate; readonly because: string }
  | { readonly candidate: null; readonly because: string };

/**
 * The host with most free memory that can take the instance, among those that its server group likes most. Hosts with the
 * same are taken by name, so that the choice does not depend on the order of the list.
 */
export function placeServer(needs: ServerNeeds, candidates: readonly PlacementCandidate[]): ServerPlacement {
  const fitting: PlacementCandidate[] = [];
  const reasons: string[] = [];
  for (const candidate of candidates) {
    const problems = problemsOf(needs, candidate);
    if (problems.length === 0) fitting.push(candidate);
    else reasons.push(`${candidate.host.name}: ${problems.join(', ')}`);
  }
  const [best] = fitting.toSorted(
    (one, other) =>
      preferenceOf(other) - preferenceOf(one) ||
      freeMemory(other) - freeMemory(one) ||
      (one.host.name < other.host.name ? -1 : 1),
  );
  if (best !== undefined) return { candidate: best, because: `most free memory: ${freeMemory(best)} bytes` };
  return { candidate: null, because: reasons.length === 0 ? 'there is no host' : reasons.join('; ') };
}

function problemsOf(needs: ServerNeeds, candidate: PlacementCandidate): string[] {
  const { host, facts, diskBytes, roomBytes, group } = candidate;
  const problems = [...candidate.problems];
  const closed = whyTakesNone(host);
  if (closed !== null) problems.push(closed);
  if (group.kind === 'refused') problems.push(group.because);
  if (facts === null) return problems;
  const free = freeMemory(candidate);
  if (needs.memoryBytes > free)
    problems.push(`${needs.memoryBytes} bytes of memory are needed and ${Math.max(0, free)} are free`);
  if (needs.vcpus > facts.cpus)
    problems.push(`${needs.vcpus} processors are needed and it has ${facts.cpus}`);
  if (needs.arch !== null && needs.arch !== facts.arch)
    problems.push(`it is ${facts.arch}, and the image is for ${needs.arch}`);
  if (roomBytes === null) problems.push('it has no directory for images');
  else if (diskBytes > roomBytes)
    problems.push(`${diskBytes} bytes of disk are needed and ${roomBytes} are free`);
  return problems;
}

/** What is free now and promised to nobody, and not more than what is left when all that are there use all of theirs. */
function freeMemory({ facts, claimedMemoryBytes, instanceMemoryBytes }: PlacementCandidate): number {
  if (facts === null) return 0;
  return Math.min(facts.memoryAvailableBytes - claimedMemoryBytes, facts.memoryBytes - instanceMemoryBytes);
}

function preferenceOf({ group }: PlacementCandidate): number {
  return group.kind === 'allowed' ? group.preference : 0;
}
