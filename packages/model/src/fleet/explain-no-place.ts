import { showBytes, showVersion } from '../check/show-values.ts';
import { type FleetRoom, memoryLimit, membersOn, vcpuLimit } from './fleet-room.ts';
import { groupsAllow, type PlacementItem } from './placement-item.ts';
import { freeMemory } from './place-items.ts';
import { stockRemedy } from './stock-features.ts';

/** Why a guest has no place, over all hosts, and what would give it one. */
export interface NoPlace {
  readonly because: string;
  readonly remedies: readonly string[];
}

/** Why one host does not take an item. What is short is told only where it is asked for: most hosts are one of many. */
type Obstacle =
  | { readonly kind: 'closed' | 'lacks' | 'group'; readonly text: string; readonly remedy: string }
  | {
      readonly kind: 'memory' | 'processors' | 'disk';
      readonly host: string;
      readonly free: number;
      readonly needed: number;
    };

/** So many reasons are told at most, those of most hosts first. */
const maxReasons = 6;

/** Asks each host, and tells the reasons with the number of hosts that have each: `41 hosts: network blue is missing`. */
export function explainNoPlace(room: FleetRoom, item: PlacementItem, reserveBytes: number): NoPlace {
  const reasons = new Map<string, { count: number; first: string; best: Obstacle }>();
  /** Of hosts that only one thing keeps, the best of each kind. */
  const nearest = new Map<string, Obstacle>();
  let fitting = 0;
  for (const [number, host] of room.index.hosts.entries()) {
    if (number === item.from) continue;
    const obstacles = obstaclesOf(room, item, number);
    const [first] = obstacles;
    if (first === undefined) {
      fitting += 1;
      continue;
    }
    const key = 'text' in first ? first.text : first.kind;
    const known = reasons.get(key) ?? { count: 0, first: host.name, best: first };
    reasons.set(key, { ...known, count: known.count + 1, best: better(known.best, first) });
    if (obstacles.length === 1) nearest.set(first.kind, better(nearest.get(first.kind) ?? first, first));
  }
  const lines = [...reasons.values()]
    .toSorted((one, other) => other.count - one.count)
    .slice(0, maxReasons)
    .map(({ count, first, best }) => `${count === 1 ? first : `${count} hosts`}: ${tell(best, count)}`);
  const reserve = reserveText(room, item, reserveBytes, fitting);
  return {
    because: [...reserve, ...lines].join('; ') || 'there is no other host',
    remedies: [...nearest.values()].map(remedyOf).concat('add a host'),
  };
}

/** Of two with the same trouble the one that has more of what is short. */
function better(one: Obstacle, other: Obstacle): Obstacle {
  return 'free' in one && 'free' in other && other.free > one.free ? other : one;
}

function tell(obstacle: Obstacle, hosts = 1): string {
  if ('text' in obstacle) return obstacle.text;
  const { kind, free, needed } = obstacle;
  const what = kind === 'memory' ? '' : ` of ${kind}`;
  return `${show(kind, free)} free${what}${hosts === 1 ? '' : ' at most'} and ${show(kind, needed)} needed`;
}

function remedyOf(obstacle: Obstacle): string {
  if ('text' in obstacle) return obstacle.remedy;
  const { kind, free, needed, host } = obstacle;
  return `free ${show(kind, needed - free)} of ${kind} on ${host}`;
}

function show(kind: Obstacle['kind'], amount: number): string {
  return kind === 'processors' ? `${Math.floor(amount)}` : showBytes(amount);
}

/** All that keeps an item from one host, in one line; empty where nothing does. */
export function explainHost(room: FleetRoom, item: PlacementItem, host: number): string {
  return obstaclesOf(room, item, host)
    .map((obstacle) => tell(obstacle))
    .join('; ');
}

function reserveText(room: FleetRoom, item: PlacementItem, reserveBytes: number, fitting: number): string[] {
  if (fitting === 0 || reserveBytes <= 0) return [];
  const free = showBytes(freeMemory(room));
  return [
    `${fitting} ${fitting === 1 ? 'host has' : 'hosts have'} room, but of ${free} that all have free, ${showBytes(reserveBytes)} must stay free for the largest host to fail, and ${showBytes(item.memoryBytes)} are needed`,
  ];
}

/** Everything that keeps the item from the host, what is hardest to change first. */
function obstaclesOf(room: FleetRoom, item: PlacementItem, number: number): Obstacle[] {
  const host = room.index.hosts[number];
  const source = room.index.hosts[item.from];
  if (host === undefined) return [];
  const found: Obstacle[] = [];
  const add = (kind: 'closed' | 'lacks' | 'group', text: string, remedy: string): void => {
    found.push({ kind, text, remedy });
  };
  if (host.service === 'down') add('closed', 'down', `bring ${host.name} back`);
  else if (host.admission !== 'open') add('closed', host.admission, `let ${host.name} take guests again`);
  else if (room.closed[number] !== 0)
    add('closed', 'to be emptied by this plan', `leave ${host.name} out of the plan`);
  if (source !== undefined) {
    if (host.arch !== source.arch) add('lacks', `is ${host.arch} and not ${source.arch}`, 'add a host');
    const older = (what: 'hypervisorVersion' | 'libvirtVersion', name: string): void => {
      if (host[what] >= source[what]) return;
      const text = `${name} ${showVersion(host[what])} is older than ${showVersion(source[what])} of ${source.name}`;
      add('lacks', text, `upgrade ${host.name}`);
    };
    older('hypervisorVersion', 'QEMU');
    older('libvirtVersion', 'libvirt');
  }
  const wanted = new Set(item.guests.flatMap((guest) => [...(room.index.guests[guest]?.features ?? [])]));
  const missing = [...wanted].filter((feature) => !host.features.has(feature)).toSorted();
  if (missing.length > 0)
    add(
      'lacks',
      `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`,
      missing.map((feature) => stockRemedy(feature, host.name) ?? `give ${host.name} ${feature}`).join('; '),
    );
  if (!groupsAllow(room, item, number)) add('group', groupText(room, item, number), groupRemedy(room, item));
  return [...found, ...roomObstacles(room, item, number)];
}

function roomObstacles(room: FleetRoom, item: PlacementItem, number: number): Obstacle[] {
  const host = room.index.hosts[number]?.name ?? '';
  const found: Obstacle[] = [];
  const ask = (kind: 'memory' | 'processors' | 'disk', free: number, needed: number): void => {
    if (needed > 0 && free < needed) found.push({ kind, host, free, needed });
  };
  ask('memory', memoryLimit(room, number) - (room.memory[number] ?? 0), item.memoryBytes);
  ask('processors', vcpuLimit(room, number) - (room.vcpus[number] ?? 0), item.vcpus);
  ask('disk', room.diskFree[number] || 0, item.diskBytes);
  return found;
}

function groupText(room: FleetRoom, item: PlacementItem, host: number): string {
  const full = item.apart.find(
    ({ group, brings }) =>
      membersOn(room, group, host) + brings > (room.index.groups[group]?.maxPerHost ?? 1),
  );
  if (full !== undefined) {
    const { name, maxPerHost } = room.index.groups[full.group] ?? { name: '', maxPerHost: 1 };
    return `server group ${name} allows ${maxPerHost} of its members on a host (anti-affinity)`;
  }
  const names = item.affine.map(({ group }) => room.index.groups[group]?.name).join(', ');
  return `server group ${names} has its members on one host (affinity), and others are elsewhere`;
}

function groupRemedy(room: FleetRoom, item: PlacementItem): string {
  const names = [...item.apart, ...item.affine].map(({ group }) => room.index.groups[group]?.name);
  return `let server group ${names.join(', ')} have more on a host, or another policy`;
}
