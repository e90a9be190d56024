import { directoryOf } from '../check/show-values.ts';
import type { Host } from '../host/host.ts';
import type { DiskFacts, DomainFacts } from '../instance/domain-facts.ts';
import type { Feature } from './fleet-state.ts';

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

/** What of a guest decides which hosts can have it, as the records tell. */
export interface FeatureGuest {
  readonly host: Host;
  readonly projectId: string | null;
  readonly zone: string | null;
  /** What its interfaces are plugged into. */
  readonly networks: readonly string[];
  /** Null: its definition was not read yet; what it asks is then seen when it moves. */
  readonly needs: GuestNeeds | null;
  /** Ids of hosts on which a move of it has failed. */
  readonly notOn: readonly string[];
}

/** What of the fleet is needed to say what its hosts have. */
export interface FeatureFleet {
  /** By host id: the zone that it is in. */
  readonly zones: ReadonlyMap<string, string>;
  /** By host id: projects that it is kept for, where an aggregate names any (`filter_tenant_id`). */
  readonly keptFor: ReadonlyMap<string, ReadonlySet<string>>;
  /** By directory: ids of hosts that share it. */
  readonly sharing: ReadonlyMap<string, ReadonlySet<string>>;
}

const open = 'kept for no project';

/** Directories of a guest's files that other hosts have, too: what lies there stays there. */
export function sharedOf(needs: GuestNeeds, hostId: string, sharing: FeatureFleet['sharing']): Set<string> {
  const shared = new Set<string>();
  for (const { directory } of needs.files)
    if (sharing.get(directory)?.has(hostId) === true) shared.add(directory);
  return shared;
}

/** What a guest needs of a host. Names of networks that its own host does not tell (bridges) are seen when it moves. */
export function featuresOfGuest(guest: FeatureGuest, fleet: FeatureFleet): Set<Feature> {
  const { host, needs } = guest;
  const found = new Set<Feature>();
  const told = new Set(host.facts?.networks.map(({ name }) => name) ?? []);
  for (const name of guest.networks) if (told.has(name)) found.add(`network ${name}`);
  if (guest.zone !== null) found.add(`zone ${guest.zone}`);
  if (fleet.keptFor.size > 0) found.add(projectFeature(guest.projectId));
  if (needs !== null) {
    found.add(`machine type ${needs.machineType}`);
    found.add(`guests of the type ${needs.domainType}`);
    if (needs.ownProcessors) found.add(`processor ${host.facts?.cpuModel ?? 'of its host'}`);
    for (const directory of sharedOf(needs, host.id, fleet.sharing)) found.add(`shared ${directory}`);
  }
  for (const id of guest.notOn) found.add(notThere(id));
  return found;
}

/** What a host has of what guests need anywhere. */
export function featuresOfHost(host: Host, fleet: FeatureFleet, wanted: ReadonlySet<Feature>): Set<Feature> {
  const { facts } = host;
  const found = new Set<Feature>();
  const add = (feature: Feature): void => {
    if (wanted.has(feature)) found.add(feature);
  };
  const networks = new Set(facts?.networks.map(({ name }) => name) ?? []);
  for (const name of networks) add(`network ${name}`);
  // Elsewhere it is called otherwise, and is here.
  for (const [from, to] of Object.entries(host.networks.map)) if (networks.has(to)) add(`network ${from}`);
  add(`zone ${fleet.zones.get(host.id) ?? 'nova'}`);
  for (const type of facts?.machineTypes ?? []) add(`machine type ${type}`);
  for (const type of facts?.domainTypes ?? []) add(`guests of the type ${type}`);
  add(`processor ${facts?.cpuModel ?? ''}`);
  for (const [directory, hosts] of fleet.sharing) if (hosts.has(host.id)) add(`shared ${directory}`);
  const kept = fleet.keptFor.get(host.id);
  for (const feature of wanted) {
    if (host.networks.define && feature.startsWith('network ')) found.add(feature);
    if (isProject(feature) && (kept === undefined || kept.has(feature.slice(projectPrefix.length))))
      found.add(feature);
    if (feature.startsWith(notPrefix) && feature !== notThere(host.id)) found.add(feature);
  }
  return found;
}

const projectPrefix = 'guests of the project ';
const notPrefix = 'no failed move of it: other than ';

function projectFeature(projectId: string | null): Feature {
  return `${projectPrefix}${projectId ?? open}`;
}

function isProject(feature: Feature): boolean {
  return feature.startsWith(projectPrefix);
}

/** A host on which it failed once is not tried again: all others have this. */
function notThere(hostId: string): Feature {
  return `${notPrefix}${hostId}`;
}
