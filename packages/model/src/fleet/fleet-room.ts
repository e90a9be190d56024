import type { FleetIndex } from './fleet-index.ts';

/** What a guest takes of a host's room. One that is off takes no memory and no processors, only its files' place. */
export interface GuestRoom {
  readonly memoryBytes: number;
  readonly vcpus: number;
  readonly diskBytes: number;
}

/** What is taken of each host's room, by its number; changed as guests come and go. */
export interface FleetRoom {
  readonly index: FleetIndex;
  readonly memory: Float64Array;
  readonly vcpus: Float64Array;
  /** Free; NaN where it is not known. */
  readonly diskFree: Float64Array;
  /** 1: takes nobody, for it is down, disabled, in maintenance, or to be emptied. */
  readonly closed: Uint8Array;
  /** How many members of a server group a host has; one that is on its way is at both. */
  readonly members: Map<number, number>;
}

export function roomOf(index: FleetIndex, guest: number): GuestRoom {
  const { memoryBytes, vcpus, diskBytes, move } = index.guests[guest] ?? nobody;
  const runs = move.kind !== 'off';
  return { memoryBytes: runs ? memoryBytes : 0, vcpus: runs ? vcpus : 0, diskBytes };
}
const nobody = { memoryBytes: 0, vcpus: 0, diskBytes: 0, move: { kind: 'off' } } as const;

export function vcpuLimit(room: FleetRoom, host: number): number {
  const { cpus = 0, cpuRatio = 1 } = room.index.hosts[host] ?? {};
  return cpus * cpuRatio;
}

export function memoryLimit(room: FleetRoom, host: number): number {
  return room.index.hosts[host]?.memoryBytes ?? 0;
}

/** Members of a group on a host. */
export function membersOn(room: FleetRoom, group: number, host: number): number {
  return room.members.get(group * room.index.hosts.length + host) ?? 0;
}

function countMember(room: FleetRoom, group: number, host: number, by: number): void {
  const key = group * room.index.hosts.length + host;
  room.members.set(key, (room.members.get(key) ?? 0) + by);
}

/** The fleet's room as the state has it. */
export function fleetRoom(index: FleetIndex): FleetRoom {
  const { hosts, guests, at, groups } = index;
  const room: FleetRoom = {
    index,
    memory: new Float64Array(hosts.length),
    vcpus: new Float64Array(hosts.length),
    diskFree: Float64Array.from(hosts, ({ diskFreeBytes }) => diskFreeBytes ?? Number.NaN),
    closed: Uint8Array.from(hosts, ({ service, admission }) =>
      service === 'up' && admission === 'open' ? 0 : 1,
    ),
    members: new Map(),
  };
  for (const guest of guests.keys()) {
    const host = at[guest] ?? -1;
    if (host < 0) continue;
    const { memoryBytes, vcpus } = roomOf(index, guest);
    room.memory[host] = (room.memory[host] ?? 0) + memoryBytes;
    room.vcpus[host] = (room.vcpus[host] ?? 0) + vcpus;
  }
  for (const [number, group] of groups.entries()) {
    for (const guest of group.guests) countMember(room, number, at[guest] ?? -1, 1);
    for (const host of group.elsewhere) countMember(room, number, host, 1);
  }
  return room;
}

const rooms = new WeakMap<FleetIndex, FleetRoom>();

/** The state's room that all who only look share; what is changed in it is to be changed back at once. */
export function sharedRoom(index: FleetIndex): FleetRoom {
  const found = rooms.get(index) ?? fleetRoom(index);
  rooms.set(index, found);
  return found;
}

/** The same room, to try something with. */
export function copyRoom(room: FleetRoom): FleetRoom {
  return {
    index: room.index,
    memory: room.memory.slice(),
    vcpus: room.vcpus.slice(),
    diskFree: room.diskFree.slice(),
    closed: room.closed.slice(),
    members: new Map(room.members),
  };
}

/** The guest takes room of a host: it comes (1), or it has left (-1). */
export function changeRoom(room: FleetRoom, guest: number, host: number, by: 1 | -1): void {
  if (host < 0) return;
  const { memoryBytes, vcpus, diskBytes } = roomOf(room.index, guest);
  room.memory[host] = (room.memory[host] ?? 0) + by * memoryBytes;
  room.vcpus[host] = (room.vcpus[host] ?? 0) + by * vcpus;
  room.diskFree[host] = (room.diskFree[host] ?? 0) - by * diskBytes;
  for (const group of room.index.groupsOf(guest)) countMember(room, group, host, by);
}
