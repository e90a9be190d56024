import { dirname, resolve } from 'node:path';
import type { Call, HypervisorHost, PoolVolume } from '@ferry/hypervisor';
import type { Host, NetworkPlace, PoolPlace } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { lookForVolume } from './look-for-pools.ts';

/** A volume that is to be in the catalogue. */
export interface NewVolume {
  readonly name: string;
  readonly description: string | null;
  readonly projectId: string;
  readonly userId: string;
  readonly place: PoolPlace | NetworkPlace;
  /** Hosts by name or id that have the pool with it; none: the one host that has it. */
  readonly hosts: readonly string[];
  /** Of a pool's: it is made with that size; null: it is there already. Of a disk on the network what people are told. */
  readonly sizeBytes: number | null;
  /** Null: as the pool tells it, or the usual one. */
  readonly format: string | null;
  readonly shareable: boolean;
}

/** Where a new volume is, or is to be made. Of a disk on the network: nowhere. */
interface PlacesOfVolume {
  readonly made: readonly Host[];
  readonly found: readonly Host[];
  readonly format: string;
  /** As its pool tells it; null where none does. */
  readonly capacityBytes: number | null;
}

/** What one host shows of a pool and a volume. */
interface Look {
  readonly host: Host;
  readonly pool: 'active' | 'stopped' | 'absent';
  /** Its volumes are files, which can be laid out in any way. */
  readonly ofFiles: boolean;
  readonly volume: Awaited<ReturnType<typeof lookForVolume>>;
  /** Its size where it is taken for raw, whatever a header in it says. */
  readonly rawBytes: number | null;
  /** Files outside of its pool's directory that its header names, as what it stands on. */
  readonly below: readonly string[];
  readonly silent: string | null;
}

/** Looks for a volume of a pool on the hosts that are named, or on all; refuses with everything that does not fit. */
export async function hostsOfVolume(services: Services, wanted: NewVolume): Promise<PlacesOfVolume> {
  const { place, sizeBytes, hosts } = wanted;
  if (place.kind === 'network') {
    if (hosts.length > 0) throw refused('a disk on the network is on no host: leave the hosts away.');
    return { made: [], found: [], format: wanted.format ?? 'raw', capacityBytes: null };
  }
  const named = await Promise.all(hosts.map((name) => hostNamed(services, name)));
  const asked = named.length > 0 ? named : await services.store.hosts.list();
  const looks = await Promise.all(asked.map((host) => look(services, host, place)));
  return sizeBytes === null
    ? placesThatHave(looks, place, named.length > 0, wanted.format)
    : placesToMake(looks, place, named.length > 0, wanted.format);
}

function placesThatHave(
  looks: readonly Look[],
  { pool, name }: PoolPlace,
  named: boolean,
  format: string | null,
): PlacesOfVolume {
  const having = looks.filter(({ volume }) => volume !== null);
  const [first] = having;
  const lacking = looks.filter(({ volume }) => volume === null).map((one) => whyNot(one, pool, name));
  if (first === undefined || (named && lacking.length > 0)) throw refused(lacking.join(' '));
  if (!named && having.length > 1) throw several(having, `a volume ${name} in a pool ${pool}`);
  const says = first.volume?.format ?? 'raw';
  // Whoever wrote to a raw volume can have put a header there that names any file of the host.
  if (format === null && says !== 'raw')
    throw refused(
      `what is in ${name} of ${pool} says that it is ${says}, and nobody else does: say which it is, --format ${says} or --format raw.`,
    );
  if (format !== null && format !== 'raw') {
    if (says !== format) throw refused(`${name} of ${pool} is ${says} by what is in it, and not ${format}.`);
    const outside = having.flatMap(({ host, below }) => below.map((path) => `${path} on ${host.name}`));
    if (outside.length > 0)
      throw refused(
        `${name} of ${pool} stands on files outside of its pool: ${outside.join(', ')}. Whoever wrote to it can have named them: copy it into an image of its own (qemu-img convert), or put it into the pool that those are in.`,
      );
  }
  const shapes = new Set(having.map(({ volume }) => `${volume?.format} of ${volume?.capacityBytes} bytes`));
  if (shapes.size > 1) throw refused(`the hosts do not show one volume: ${[...shapes].join(', ')}.`);
  return {
    made: [],
    found: having.map(({ host }) => host),
    format: format ?? says,
    capacityBytes: (format === 'raw' ? first.rawBytes : first.volume?.capacityBytes) ?? null,
  };
}

function placesToMake(
  looks: readonly Look[],
  { pool, name }: PoolPlace,
  named: boolean,
  format: string | null,
): PlacesOfVolume {
  const having = looks.filter((one) => one.pool === 'active');
  const lacking = looks.filter((one) => one.pool !== 'active').map((one) => whyNot(one, pool, name));
  if (having.length === 0 || (named && lacking.length > 0)) throw refused(lacking.join(' '));
  if (!named && having.length > 1) throw several(having, `a pool ${pool}`);
  const there = having.filter(({ volume }) => volume !== null).map(({ host }) => host.name);
  if (there.length > 0)
    throw refused(
      `${there.join(', ')} has a volume ${name} in ${pool} already: leave the size away to take it in.`,
    );
  const usual = having.every(({ ofFiles }) => ofFiles) ? 'qcow2' : 'raw';
  return { made: having.map(({ host }) => host), found: [], format: format ?? usual, capacityBytes: null };
}

async function look(services: Services, host: Host, place: PoolPlace): Promise<Look> {
  const call = { deadlineMs: services.limits.inspectMs };
  const reached = services.hypervisor.host(host.uri);
  try {
    const facts = await reached.pools.pool(place.pool, call);
    const pool = facts === null ? 'absent' : facts.active ? 'active' : 'stopped';
    const volume = await lookForVolume(reached, place, call);
    const below = volume === null ? [] : await outsideOf(reached, volume, call);
    const rawBytes = volume === null ? null : await lengthOf(reached, volume, call);
    return { host, pool, ofFiles: facts?.directory != null, volume, rawBytes, below, silent: null };
  } catch (error) {
    const silent = error instanceof Error ? error.message : String(error);
    return { host, pool: 'absent', ofFiles: false, volume: null, rawBytes: null, below: [], silent };
  }
}

/** The first file that an image names is enough to tell: what is outside is not looked at. */
async function outsideOf(
  { storage }: HypervisorHost,
  { path, format }: PoolVolume,
  call: Call,
): Promise<string[]> {
  if (format === 'raw' || !path.startsWith('/')) return [];
  const [found] = (await storage.images(dirname(path), call)).filter(({ image }) => image.path === path);
  const inside = await storage.inside({ path, format }, call);
  const named = [found?.backingPath ?? null, inside?.dataFile ?? null].filter((one) => one !== null);
  return named.map((one) => resolve(dirname(path), one)).filter((one) => dirname(one) !== dirname(path));
}

/** Of what is no path of a file or device its pool tells it, and nothing in it counts. */
async function lengthOf(
  { storage }: HypervisorHost,
  { path, format, capacityBytes }: PoolVolume,
  call: Call,
): Promise<number | null> {
  if (format === 'raw' || !path.startsWith('/')) return capacityBytes;
  return (await storage.rawImage(path, call))?.capacityBytes ?? null;
}

function whyNot({ host, pool, silent }: Look, name: string, volume: string): string {
  if (silent !== null) return `${host.name} does not tell: ${silent}.`;
  if (pool === 'absent') return `${host.name} has no pool ${name}.`;
  if (pool === 'stopped')
    return `${host.name} has the pool ${name}, and it is stopped (virsh pool-start ${name}).`;
  return `${host.name} has no volume ${volume} in ${name}.`;
}

/** The same names on two hosts may be two volumes, or one that both see: only an operator knows. */
function several(having: readonly Look[], what: string): Refusal {
  const names = having.map(({ host }) => host.name).join(', ');
  return refused(`${names} have ${what}: say on which host it is, or on which hosts it is the same one.`);
}

async function hostNamed({ store }: Services, name: string): Promise<Host> {
  const host = await store.hosts.byNameOrId(name);
  if (host === null) throw new Refusal('host-not-found', `There is no host "${name}".`);
  return host;
}

function refused(why: string): Refusal {
  return new Refusal('volume-refused', `The volume cannot be taken into the catalogue: ${why}`);
}
