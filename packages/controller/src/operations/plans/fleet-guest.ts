import {
  asksNothing,
  builtInPolicy,
  expectedCpus,
  type FeatureFleet,
  type FeatureGuest,
  featuresOfGuest,
  type FleetGuest,
  forbidsMoves,
  type GuestAsks,
  type GuestFailures,
  type GuestMove,
  busyWith,
  type Host,
  type Instance,
  type Load,
  type MemoryMeasurement,
  type MoveManner,
  sharedOf,
  type Stuck,
} from '@ferry/model';
import type { FleetInstance } from '../../store/instances/fleet-store.ts';

/** Reckoned for the checks and the preparing of a live move, ms. */
const prepareMs = 3_000;
/** How far ahead a plan looks for what is usual at that time of day. */
export const loadHorizonMs = 3_600_000;

/** What a plan has found out about guests by itself. */
export interface Experience {
  readonly failures: Readonly<Record<string, GuestFailures>>;
  /** Guests whose moves have failed as often as they may: they stay. */
  readonly maxFailures: number;
  /** Migrations of the plan itself: what they have claimed is the plan's. */
  readonly ownMigrations: ReadonlySet<string>;
}

/** What is known of the fleet around a guest. */
export interface GuestContext {
  readonly features: FeatureFleet;
  readonly measurements: ReadonlyMap<string, MemoryMeasurement>;
  readonly experience: Experience;
  readonly loads: ReadonlyMap<string, Load>;
  readonly moved: ReadonlyMap<string, string>;
  readonly readAt: string;
}

/** A guest of a plan, by what the records tell of an instance. */
export function fleetGuest(one: FleetInstance, host: Host, context: GuestContext): FleetGuest {
  const { instance, needs } = one;
  const { features, experience } = context;
  const failures = experience.failures[instance.id];
  const asked: FeatureGuest = { ...one, host, notOn: failures?.notOn ?? [], manner: mannerOf(one) };
  const shared = needs === null ? new Set<string>() : sharedOf(needs, host.id, features.sharing);
  const copied = (needs?.files ?? []).filter(({ directory }) => !shared.has(directory));
  const diskBytes = copied.reduce((sum, { bytes }) => sum + bytes, 0);
  const load = context.loads.get(instance.id);
  return {
    id: instance.id,
    name: instance.name,
    hostId: host.id,
    memoryBytes: instance.memoryBytes,
    vcpus: instance.vcpus,
    cpuUsed: load === undefined ? null : expectedCpus(load, context.readAt, loadHorizonMs),
    diskBytes,
    features: featuresOfGuest(asked, features),
    move: moveOf(one, diskBytes, context),
    priority: 0,
    movedAt: context.moved.get(instance.id) ?? null,
    busyWith: instance.operationId === null && instance.taskState === null ? null : busyWith(instance),
  };
}

function moveOf({ instance, needs }: FleetInstance, diskBytes: number, context: GuestContext): GuestMove {
  const failures = context.experience.failures[instance.id];
  if (failures !== undefined && failures.count >= context.experience.maxFailures)
    return { kind: 'stays', because: `its moves failed ${failures.count} times; the last: ${failures.last}` };
  const stuck = whyStuck(instance);
  if (stuck !== null) return { kind: 'stays', because: stuck };
  const { live, cold } = needs?.asks ?? asksNothing;
  if (instance.powerState === 'shutoff')
    return {
      kind: 'off',
      bytes: diskBytes,
      ...(cold.refusals.length > 0 && { stuck: stuckBy(cold.refusals) }),
    };
  const devices = needs?.asks === null ? needs.hostDevices : [];
  if (live.refusals.length > 0 && cold.refusals.length > 0)
    return { kind: 'stays', ...stuckBy([...live.refusals, ...cold.refusals]) };
  if (live.refusals.length > 0) return { kind: 'cold-only', bytes: diskBytes, ...stuckBy(live.refusals) };
  if (devices.length > 0) {
    const because = `devices of its host are passed through: ${devices.join(', ')}`;
    return { kind: 'cold-only', bytes: diskBytes, because };
  }
  const measured = context.measurements.get(instance.id) ?? null;
  const memory = Math.min(instance.memoryBytes, measured?.memoryUsedBytes ?? instance.memoryBytes);
  return {
    kind: 'live',
    forecast: {
      bytes: memory + diskBytes,
      dirtyBytesPerSecond: measured === null ? 0 : dirtyRate(measured),
      downtimeMs: builtInPolicy.maxDowntimeMs ?? 300,
      prepareMs,
      known: measured !== null && measured.windows.length > 0,
    },
  };
}

/** As the checks of its move would be asked: a running guest goes cold only where it cannot go live. */
export function mannerOf({ instance, needs }: FleetInstance): MoveManner {
  const isLive = instance.powerState !== 'shutoff' && (needs?.asks?.live.refusals ?? []).length === 0;
  return isLive ? 'live' : 'cold';
}

/** All that the checks would say at once, each once. */
function stuckBy(refusals: GuestAsks['live']['refusals']): Stuck {
  return {
    because: [...new Set(refusals.map(({ because }) => because))].join('; '),
    remedies: [...new Set(refusals.map(({ remedy }) => remedy))],
  };
}

/** What has to be settled before it can move at all. */
function whyStuck({ fault, vmState, powerState }: Instance): string | null {
  if (forbidsMoves(fault)) return fault?.message ?? 'it is in question where it is';
  if (vmState === 'building' || (vmState === 'error' && fault === null))
    return `it is in the state ${vmState}`;
  if (powerState === 'running' || powerState === 'paused' || powerState === 'shutoff') return null;
  return `its power state is ${powerState}`;
}

/** By the widest window that was looked at: of short ones many pages are written twice in a pass. */
function dirtyRate({ windows }: MemoryMeasurement): number {
  const widest = windows.toSorted((one, other) => other.windowMs - one.windowMs)[0];
  return widest === undefined ? 0 : (widest.bytes / widest.windowMs) * 1000;
}
