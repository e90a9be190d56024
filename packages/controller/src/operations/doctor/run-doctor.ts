import { type Diagnosis, diagnose, type DoctorInput, type DoctorPair, type Host } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { commonProcessor, examineHost, type ExaminedHost } from './examine-hosts.ts';
import { type OpenDoor, openDoor, tryPair } from './try-pair.ts';

/** What is to be looked at, and how. */
export interface DoctorRequest {
  /** By name or id; none: all. */
  readonly hosts: readonly string[];
  /** For when certificates are judged, UTC ISO 8601; null: now, and what is found is kept for the checks of moves. */
  readonly at: string | null;
  /** Measure what the ways carry. */
  readonly measure: boolean;
}

/** Hosts that are examined at a time: each takes a shell. */
const atOnce = 16;
/** With more hosts not every way is tried: each host's to the next ones in the list. */
const maxForAllWays = 16;
const neighbours = 2;
const measureSeconds = 2;
/** However many hosts are silent. */
const longestMs = 900_000;

/** What one look has shown, with the shells that were asked, which are closed when its use ends. */
export interface Look {
  readonly input: DoctorInput;
  readonly diagnosis: Diagnosis;
  readonly examined: readonly ExaminedHost[];
}

/** Looks at hosts and at the ways between them. On the hosts it changes nothing but probe files, which it takes away. */
export function runDoctor(services: Services, request: DoctorRequest): Promise<Diagnosis> {
  return withLook(services, request, ({ diagnosis }) => Promise.resolve(diagnosis));
}

/** The same, for a use of more than what is found. */
export async function withLook<T>(
  services: Services,
  request: DoctorRequest,
  use: (look: Look) => Promise<T>,
): Promise<T> {
  const hosts = await hostsOf(services, request.hosts);
  const signal = AbortSignal.timeout(longestMs);
  const examined = await inTurns(hosts, (host) => examineHost(services, host, signal));
  try {
    const baseline = await commonProcessor(services, examined);
    const pairs = await tryPairs(services, examined, request.measure);
    const at = request.at ?? services.store.now();
    const input = { hosts: examined.map(({ found }) => found), pairs, baseline, at };
    const diagnosis = diagnose(input);
    if (request.at === null) await services.store.doctor.keep(diagnosis);
    return await use({ input, diagnosis, examined });
  } finally {
    for (const { examiner } of examined) examiner?.close();
  }
}

async function hostsOf({ store }: Services, names: readonly string[]): Promise<readonly Host[]> {
  const all = await store.hosts.list();
  if (names.length === 0) return all;
  const named = [...new Set(names)].map((name) => {
    const host = all.find((one) => one.name === name || one.id === name);
    if (host === undefined) throw new Refusal('host-not-found', `There is no host "${name}".`);
    return host;
  });
  return [...new Set(named)];
}

async function tryPairs(
  services: Services,
  hosts: readonly ExaminedHost[],
  measure: boolean,
): Promise<DoctorPair[]> {
  const doors = new Map<ExaminedHost, OpenDoor | null>();
  for (const host of hosts) doors.set(host, await openDoor(host));
  const shared = new Map<string, DoctorPair['directories']>();
  const tryOne = async ([from, to]: readonly [ExaminedHost, ExaminedHost]): Promise<DoctorPair> => {
    const [here, there] = [from.found.host.id, to.found.host.id];
    const pair = await tryPair(services, from, to, {
      door: doors.get(to) ?? null,
      measureSeconds: measure ? measureSeconds : 0,
      directories: shared.get(`${there} ${here}`),
    });
    shared.set(`${here} ${there}`, pair.directories);
    return pair;
  };
  const ways = waysOf(hosts);
  // What is measured together shares the link.
  return inTurns(ways, tryOne, measure ? 1 : atOnce);
}

/** Both directions of each pair; of many hosts those to the next ones alone. */
function waysOf(hosts: readonly ExaminedHost[]): (readonly [ExaminedHost, ExaminedHost])[] {
  const reach = hosts.length <= maxForAllWays ? hosts.length - 1 : neighbours;
  return hosts.flatMap((from, index) =>
    hosts.flatMap((to, other): (readonly [ExaminedHost, ExaminedHost])[] => {
      const distance = Math.abs(index - other);
      const isNear = Math.min(distance, hosts.length - distance) <= reach;
      const isAny = from.hypervisor !== null || to.hypervisor !== null;
      return from !== to && isNear && isAny ? [[from, to]] : [];
    }),
  );
}

/** Work on each, so many at a time; in their order. */
async function inTurns<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  most = atOnce,
): Promise<R[]> {
  const results: R[] = [];
  const waiting = [...items.entries()];
  const one = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, one));
  return results;
}
