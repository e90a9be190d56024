import { showBytes, showVersion } from '../check/show-values.ts';
import { type FleetRoom, memoryLimit, membersOn, vcpuLimit } from './fleet-room.ts';
import { groupsAllow, type PlacementItem } from './placement-item.ts';
import { freeMemory } from './place-items.ts';

/** Why a guest has no place, over all hosts, and what would give it one. */
export interface NoPlace {
  readonly because: string;
  readonly remedies: readonly string[];
}

/** Why one host does not take an item: in words that are the same for all hosts in the same case, and numbers beside. */
interface Obstacle {
  readonly kind: 'closed' | 'lacks' | 'group' | 'memory' | 'processors' | 'disk';
  readonly text: string;
  /** The same said of the best of several hosts. */
  readonly textOfMany: string;
  /** What it has of what is short, to tell the best of several hosts. */
  readonly has: number;
  readonly remedy: string;
}

/** So many reasons are told at most, those of most hosts first. */
const mostReasons = 6;

/** Asks each host, and tells the reasons with the number of hosts that have each: `41 hosts: network blue is missing`. */
export function explainNoPlace(room: FleetRoom, item: PlacementItem, reserveBytes: number): NoPlace {
  const { hosts } = room.index;
  const byReason = new Map<string, { count: number; first: string; best: Obstacle }>();
  const remedies = new Map<string, number>();
  let fitting = 0;
  for (const [number, host] of hosts.entries()) {
    if (number === item.from) continue;
    const obstacles = obstaclesOf(room, item, number);
    const [first] = obstacles;
    if (first === undefined) {
      fitting += 1;
      continue;
    }
    const key =
      first.kind === 'closed' || first.kind === 'lacks' || first.kind === 'group' ? first.text : first.kind;
    const known = byReason.get(key);
    if (known === undefined) byReason.set(key, { count: 1, first: host.name, best: first });
    else {
      known.count += 1;
      if (first.has > known.best.has) known.best = first;
    }
    if (obstacles.length === 1) remedies.set(first.remedy, first.has);
  }
  const lines = [...byReason.values()]
    .toSorted((one, other) => other.count - one.count)
    .slice(0, mostReasons)
    .map(({ count, first, best }) =>
      count === 1 ? `${first}: ${best.text}` : `${count} hosts: ${best.textOfMany}`,
    );
  const reserve = reserveText(room, item, reserveBytes, fitting);
  return {
    because: [...reserve, ...lines].join('; ') || 'there is no other host',
    remedies: [
      ...[...remedies]
        .toSorted(([, one], [, other]) => other - one)
        .slice(0, 3)
        .map(([remedy]) => remedy),
      'add a host',
    ],
  };
}

/** All that keeps an item from one host, in one line; empty where nothing does. */
export function explainHost(room: FleetRoom, item: PlacementItem, host: number): string {
  return obstaclesOf(room, item, host)
    .map(({ text }) => text)
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
  const add = (kind: Obstacle['kind'], text: string, remedy: string, has = 0): void => {
    found.push({ kind, text, textOfMany: text, has, remedy });
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
      `give ${host.name} ${missing.join(', ')}`,
    );
  if (!groupsAllow(room, item, number)) add('group', groupText(room, item, number), groupRemedy(room, item));
  return [...found, ...roomObstacles(room, item, number)];
}

function roomObstacles(room: FleetRoom, item: PlacementItem, number: number): Obstacle[] {
  const name = room.index.hosts[number]?.name ?? '';
  const found: Obstacle[] = [];
  const short = (
    kind: Obstacle['kind'],
    free: number,
    needed: number,
    show: (amount: number) => string,
  ): void => {
    if (needed === 0 || free >= needed) return;
    const what = `${show(free)} free${kind === 'memory' ? '' : ` of ${kind}`}`;
    found.push({
      kind,
      text: `${what} and ${show(needed)} needed`,
      textOfMany: `${what} at most and ${show(needed)} needed`,
      has: free,
      remedy: `free ${show(needed - free)}${kind === 'memory' ? ' of memory' : ` of ${kind}`} on ${name}`,
    });
  };
  short('memory', memoryLimit(room, number) - (room.memory[number] ?? 0), item.memoryBytes, showBytes);
  short('processors', vcpuLimit(room, number) - (room.vcpus[number] ?? 0), item.vcpus, showWhole);
  short('disk', room.diskFree[number] || 0, item.diskBytes, showBytes);
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

function showWhole(amount: number): string {
  return `${Math.floor(amount)}`;
}
