import type { SimulatedDomain, SimulatedWorld } from '@ferry/hypervisor/simulated';

/** Fields of a host that a world remembers; all else is as a new host has it. */
const kept = ['domains', 'filters', 'networks', 'pools', 'secrets'] as const;

/** A world as plain data: its hosts, and directories by name, shared ones once. */
export interface WorldJson {
  readonly shared: unknown;
  readonly hosts: Readonly<
    Record<string, { readonly images: unknown; readonly up?: unknown } & Readonly<Record<string, unknown>>>
  >;
}

interface AnyHost {
  readonly name: string;
  readonly directories: Map<string, Map<string, unknown>>;
}

/** Of a world of this or a former version: what stands in it, as plain data. */
export function worldJson(world: { readonly hosts: Map<string, unknown> }): WorldJson {
  const hosts = [...world.hosts.values()] as (AnyHost & Record<string, unknown>)[];
  const [first] = hosts;
  return {
    shared: plain(first?.directories.get('/shared') ?? new Map()),
    hosts: Object.fromEntries(
      hosts.map((host) => [
        host.name,
        {
          up: host['up'],
          images: plain(host.directories.get('/images') ?? new Map()),
          ...Object.fromEntries(
            kept.filter((one) => host[one] !== undefined).map((one) => [one, plain(host[one])]),
          ),
        },
      ]),
    ),
  };
}

/** Gives hosts that were just added what stood there. */
export function restoreWorld(world: SimulatedWorld, from: WorldJson): void {
  const shared = fill(new Map(), from.shared);
  for (const [name, { images, up = true, ...fields }] of Object.entries(from.hosts)) {
    const host = world.addHost(name, { shared: { '/shared': shared as never } });
    host.up = up === true;
    fill(host.directories.get('/images') ?? new Map(), images);
    // Former worlds had directories without a pool; of a host of today a pool says that guests have files there.
    const ofDirectories = [...host.pools];
    for (const one of kept)
      if (fields[one] !== undefined) fill(host[one] as Map<string, unknown>, fields[one]);
    for (const [pool, told] of ofDirectories) host.pools.set(pool, told);
    for (const [id, domain] of host.domains) host.domains.set(id, { ...domain, ...asFormerly(domain) });
  }
}

/** What a domain of a version that knew nothing of it was like. */
function asFormerly(
  domain: Partial<SimulatedDomain> & { readonly heldBy?: string | null },
): Pick<
  SimulatedDomain,
  | 'arrived'
  | 'keepsDisks'
  | 'misses'
  | 'nextXml'
  | 'unreadable'
  | 'startPreventedBy'
  | 'cannotStart'
  | 'stood'
> {
  return {
    arrived: domain.arrived ?? domain.incomingFrom === null,
    keepsDisks: domain.keepsDisks ?? false,
    misses: domain.misses ?? 0,
    nextXml: domain.nextXml ?? null,
    unreadable: domain.unreadable ?? null,
    startPreventedBy: domain.startPreventedBy ?? domain.heldBy ?? null,
    cannotStart: domain.cannotStart ?? null,
    stood: domain.stood ?? false,
  };
}

function fill(map: Map<string, unknown>, from: unknown): Map<string, unknown> {
  map.clear();
  for (const [key, value] of Object.entries(revived(from) as Record<string, unknown>)) map.set(key, value);
  return map;
}

/** Maps as objects, big numbers as `{ $bigint }`. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, one: unknown) => {
      if (one instanceof Map) return Object.fromEntries(one);
      return typeof one === 'bigint' ? { $bigint: String(one) } : one;
    }),
  );
}

function revived(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, one: unknown) =>
    typeof one === 'object' && one !== null && '$bigint' in one ? BigInt(String(one.$bigint)) : one,
  );
}
