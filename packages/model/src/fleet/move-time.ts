import type { PlanOptions } from './fleet-plan.ts';
import type { FleetGuest, FleetHost, FleetLink } from './fleet-state.ts';

/** What a move sends, and how long the rest of it takes. */
export interface MoveLoad {
  readonly bytes: number;
  readonly dirtyBytesPerSecond: number;
  readonly prepareMs: number;
  readonly downtimeMs: number;
}

/** Reckoned for a host that names no link: a port of 1 Gbit/s, of which 94 % carry data. */
const assumedBytesPerSecond = 117_500_000;

/** Of the bandwidth: a guest that changes more than the rest of it is reckoned with this, for passes end at some time. */
const leastNetShare = 0.1;

/** Time of the transfer itself, ms: M ÷ (R − D) of the linear model. */
export function sendMs({ bytes, dirtyBytesPerSecond }: MoveLoad, bytesPerSecond: number): number {
  return (bytes / netRate(dirtyBytesPerSecond, bytesPerSecond)) * 1000;
}

/** Bytes a second by which what is left gets less. */
export function netRate(dirtyBytesPerSecond: number, bytesPerSecond: number): number {
  return Math.max(bytesPerSecond - dirtyBytesPerSecond, bytesPerSecond * leastNetShare);
}

/** All of a move over links that nobody else uses, ms. */
export function wholeMs(load: MoveLoad, bytesPerSecond: number): number {
  return load.prepareMs + sendMs(load, bytesPerSecond) + load.downtimeMs;
}

/** Links by number in one direction each, for in and out do not take from each other: 2 × link, and 1 more for in. */
export interface LinkMap {
  readonly names: readonly string[];
  readonly bytesPerSecond: Float64Array;
  readonly out: readonly (readonly number[])[];
  readonly in: readonly (readonly number[])[];
}

/** Links of the state, and a port of their own for hosts that have none there. */
export function mapLinks(hosts: readonly FleetHost[], links: readonly FleetLink[]): LinkMap {
  const numbers = new Map(links.map(({ name }, number) => [name, number]));
  const names = links.map(({ name }) => name);
  const speeds = links.map(({ bytesPerSecond }) => Math.max(1, bytesPerSecond));
  const of = hosts.map((host) => {
    const known = [...new Set(host.links)].flatMap((name) => numbers.get(name) ?? []);
    if (known.length > 0) return known;
    names.push(`the port of ${host.name}`);
    speeds.push(assumedBytesPerSecond);
    return [speeds.length - 1];
  });
  return {
    names: names.flatMap((name) => [`${name}, out`, `${name}, in`]),
    bytesPerSecond: Float64Array.from(speeds.flatMap((speed) => [speed, speed])),
    out: of.map((list) => list.map((link) => 2 * link)),
    in: of.map((list) => list.map((link) => 2 * link + 1)),
  };
}

/** The links that a move goes through. */
export function linksOf(map: LinkMap, from: number, to: number): number[] {
  return [...(map.out[from] ?? []), ...(map.in[to] ?? [])];
}

/** What the narrowest of them carries, bytes a second. */
export function narrowest(map: LinkMap, links: readonly number[]): number {
  return links.reduce(
    (least, link) => Math.min(least, map.bytesPerSecond[link] ?? least),
    links.length === 0 ? assumedBytesPerSecond : Number.POSITIVE_INFINITY,
  );
}

/** Reckoned for a cold move before its first byte: the guest is shut down, its definition goes; ms. */
const coldPrepareMs = 5_000;

/** How a plan treats a guest that its goal wants away. */
export type Movability =
  | {
      readonly kind: 'moves';
      readonly how: 'live' | 'cold' | 'evacuate';
      readonly load: MoveLoad;
      readonly downtimeMs: number | null;
    }
  | { readonly kind: 'shuts-down'; readonly because: string }
  | { readonly kind: 'blocks'; readonly because: string; readonly remedies: readonly string[] };

/** A running guest is stopped or shut down by its name in the options alone, and for no other reason. */
export function movability(guest: FleetGuest, options: PlanOptions): Movability {
  const { move } = guest;
  switch (move.kind) {
    case 'live': {
      const { bytes, dirtyBytesPerSecond, prepareMs, downtimeMs } = move.forecast;
      const load = { bytes, dirtyBytesPerSecond, prepareMs, downtimeMs: downtimeMs ?? 0 };
      return { kind: 'moves', how: 'live', load, downtimeMs };
    }
    case 'off':
      if (move.stuck !== undefined) {
        const { because, remedies = [] } = move.stuck;
        return { kind: 'blocks', because: `${guest.name} is off and cannot move: ${because}`, remedies };
      }
      return { kind: 'moves', how: 'cold', load: coldLoad(move.bytes), downtimeMs: null };
    case 'cold-only':
      if (options.mayStop.includes(guest.id))
        return { kind: 'moves', how: 'cold', load: coldLoad(move.bytes), downtimeMs: null };
      if (options.mayShutDown.includes(guest.id)) return { kind: 'shuts-down', because: move.because };
      return {
        kind: 'blocks',
        because: `${guest.name} runs and cannot move live: ${move.because}`,
        remedies: [
          ...(move.remedies ?? []),
          `let ${guest.name} be stopped for a cold move, by its name`,
          `let ${guest.name} be shut down while the host is away, by its name`,
        ],
      };
    case 'stays':
      if (options.mayShutDown.includes(guest.id)) return { kind: 'shuts-down', because: move.because };
      return {
        kind: 'blocks',
        because: `${guest.name} runs and cannot leave its host: ${move.because}`,
        remedies: [
          ...(move.remedies ?? []),
          `let ${guest.name} be shut down while the host is away, by its name`,
        ],
      };
  }
}

function coldLoad(bytes: number): MoveLoad {
  return { bytes, dirtyBytesPerSecond: 0, prepareMs: coldPrepareMs, downtimeMs: 0 };
}
