import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { FleetGuest, FleetHost, FleetState } from '@ferry/model';
import { portBytesPerSecond, spreadGroup } from './generate-fleet.ts';

/** What one unit of memory of the instances is taken for: hosts of 1,600 have 256 GiB then. */
const unitBytes = (256 * 1024 ** 3) / 1600;

/** The parts of BtrPlace's JSON that are read (btrplace/scheduler, bench, workload `tdsc`). */
interface Instance {
  readonly model: {
    readonly mapping: {
      readonly readyVMs: readonly number[];
      readonly onlineNodes: Readonly<Record<string, { readonly runningVMs: readonly number[] }>>;
      readonly offlineNodes: readonly number[];
    };
    readonly views: readonly {
      readonly id: string;
      readonly rcId: string | number;
      readonly nodes?: Readonly<Record<string, number>>;
      readonly vms?: Readonly<Record<string, number>>;
    }[];
  };
  readonly constraints: readonly {
    readonly id: string;
    readonly vms?: readonly number[];
    readonly parts?: readonly (readonly number[])[];
  }[];
}

/** A public instance as a fleet, and the hosts of it that are to be empty: one in twenty. */
export interface ReadInstance {
  readonly state: FleetState;
  readonly hostIds: readonly string[];
}

/**
 * Hosts that are to be off are taken as on, with the guests that have no place yet dealt out to them in turn: to find those
 * places is to drain these hosts. `spread` is a server group with anti-affinity. `among` is a feature of the hosts of the
 * part where most of its guests are. What a guest asks of processors is what it has.
 */
export function readInstance(path: string): ReadInstance {
  // JSON of a file that the caller chose; a part that is missing ends the program here.
  const { model, constraints } = JSON.parse(gunzipSync(readFileSync(path)).toString()) as Instance;
  const view = (name: string): Instance['model']['views'][number] | undefined =>
    model.views.find(({ id, rcId }) => id === 'shareableResource' && rcId === name);
  const memory = view('memory');
  const cpu = view('uCpu');
  const { onlineNodes, readyVMs } = model.mapping;
  const empty = model.mapping.offlineNodes.map(String);
  const at = new Map(
    Object.entries(onlineNodes).flatMap(([node, { runningVMs }]) => runningVMs.map((vm) => [vm, node])),
  );
  for (const [place, vm] of readyVMs.entries()) at.set(vm, empty[place % empty.length] ?? '');
  const onHost = new Map<string, Set<string>>();
  const asked = new Map<number, Set<string>>();
  for (const [number, { id, vms = [], parts = [] }] of constraints.entries()) {
    if (id !== 'among') continue;
    const inPart = parts.map((part) => new Set(part.map(String)));
    const counts = inPart.map((part) => vms.filter((vm) => part.has(at.get(vm) ?? '')).length);
    const best = inPart[counts.indexOf(Math.max(...counts))] ?? new Set<string>();
    for (const node of best) onHost.set(node, (onHost.get(node) ?? new Set()).add(`part ${number}`));
    for (const vm of vms) asked.set(vm, (asked.get(vm) ?? new Set()).add(`part ${number}`));
  }
  const hosts = [...Object.keys(onlineNodes), ...empty].map(
    (node): FleetHost => ({
      ...anyHost,
      id: node,
      name: `node${node}`,
      memoryBytes: (memory?.nodes?.[node] ?? 0) * unitBytes,
      cpus: cpu?.nodes?.[node] ?? 0,
      features: onHost.get(node) ?? new Set(),
      links: [`port ${node}`],
    }),
  );
  const guests = [...at].map(([vm, node]) =>
    guestOf(vm, node, (memory?.vms?.[vm] ?? 0) * unitBytes, cpu?.vms?.[vm] ?? 0, asked.get(vm) ?? new Set()),
  );
  const byNumber = new Map(guests.map((guest) => [Number(guest.id), guest]));
  const state = {
    readAt: '2026-11-30T00:00:00.000Z',
    hosts,
    guests,
    links: hosts.map(({ links: [name = ''] }) => ({ name, bytesPerSecond: portBytesPerSecond })),
    serverGroups: constraints
      .filter(({ id }) => id === 'spread')
      .map(({ vms = [] }, number) =>
        spreadGroup(
          number,
          vms.flatMap((vm) => byNumber.get(vm) ?? []),
        ),
      ),
  };
  const eachTwentieth = hosts.filter((_, number) => number % 20 === 0).map(({ id }) => id);
  return { state, hostIds: empty.length > 0 ? empty : eachTwentieth };
}

const anyHost = {
  cpuRatio: 1,
  diskFreeBytes: null,
  cpuUsed: null,
  arch: 'x86_64',
  hypervisorVersion: 10_000_000,
  libvirtVersion: 11_003_000,
  service: 'up',
  admission: 'open',
  groups: [],
} as const;

function guestOf(
  vm: number,
  node: string,
  memoryBytes: number,
  vcpus: number,
  features: ReadonlySet<string>,
): FleetGuest {
  const forecast = {
    bytes: memoryBytes,
    dirtyBytesPerSecond: 5_000_000,
    downtimeMs: 120,
    prepareMs: 3000,
    known: true,
  };
  const rest = { cpuUsed: null, diskBytes: 0, priority: 0, movedAt: null, busyWith: null };
  return {
    id: String(vm),
    name: `vm${vm}`,
    hostId: node,
    memoryBytes,
    vcpus,
    features,
    move: { kind: 'live', forecast },
    ...rest,
  };
}
