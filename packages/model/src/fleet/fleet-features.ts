import type { Host } from '../host/host.ts';
import type { HostStock } from '../host/host-stock.ts';
import type { Feature } from './fleet-state.ts';
import type { GuestNeeds } from './guest-needs.ts';
import { isInStock, type MoveManner, type StockNeed, stockNeeds } from './stock-features.ts';

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
  /** How it would move. */
  readonly manner: MoveManner;
}

/** What of the fleet is needed to say what its hosts have. */
export interface FeatureFleet {
  /** By host id: the zone that it is in. */
  readonly zones: ReadonlyMap<string, string>;
  /** By host id: projects that it is kept for, where an aggregate names any (`filter_tenant_id`). */
  readonly keptFor: ReadonlyMap<string, ReadonlySet<string>>;
  /** By directory: ids of hosts that share it. */
  readonly sharing: ReadonlyMap<string, ReadonlySet<string>>;
  /** By host id: what it has that only some guests need, where that was looked at. */
  readonly stock: ReadonlyMap<string, HostStock>;
  /** Directories that any of them was seen to lack: all others are everywhere, as far as anybody knows. */
  readonly lacked: ReadonlySet<string>;
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
    for (const feature of stockNeedsOf(guest, fleet).keys()) found.add(feature);
  }
  for (const id of guest.notOn) found.add(notThere(id));
  return found;
}

/** By their features: what it needs that only some guests do. What lies in shared directories is needed with those. */
export function stockNeedsOf(
  { host, needs, manner }: Pick<FeatureGuest, 'host' | 'needs' | 'manner'>,
  { stock, lacked, sharing }: Pick<FeatureFleet, 'stock' | 'lacked' | 'sharing'>,
): Map<Feature, StockNeed> {
  if (needs === null || stock.size === 0) return new Map();
  const isLacked = (path: string): boolean => lacked.has(path) && sharing.get(path)?.has(host.id) !== true;
  return stockNeeds(needs, manner, stock.get(host.id) ?? null, isLacked);
}

/** What a host has of what guests need anywhere; `needed` says what some of that is. */
export function featuresOfHost(
  host: Host,
  fleet: FeatureFleet,
  wanted: ReadonlySet<Feature>,
  needed: ReadonlyMap<Feature, StockNeed> = new Map(),
): Set<Feature> {
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
  const stock = fleet.stock.get(host.id) ?? null;
  for (const [feature, need] of needed) if (isInStock(need, host, stock)) add(feature);
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
