import { poolDiffers, poolWords } from '../check/pool-present.ts';
import { showBytes } from '../check/show-values.ts';
import { attributeOf, compareHardware, wantedPages } from '../domain-elements/compare-hardware.ts';
import { deviceAddress } from '../domain-elements/device-address.ts';
import type { ElementQuestion } from '../domain-elements/element-questions.ts';
import type { Host } from '../host/host.ts';
import { type HostStock, stockLimits, type StockWanted } from '../host/host-stock.ts';
import { ownValue } from '../own-value.ts';
import type { PoolFacts } from '../storage/pool-facts.ts';
import type { Feature } from './fleet-state.ts';
import type { GuestNeeds } from './guest-needs.ts';

/** Something that only some guests need of a host, and that the checks of a move compare. */
export type StockNeed =
  | { readonly kind: 'pool'; readonly name: string; readonly atSource: PoolFacts }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'device'; readonly address: string; readonly atSource: string }
  | { readonly kind: 'hardware'; readonly question: ElementQuestion; readonly memoryBytes: number };

/** How a guest would move: what is compared depends on it. */
export type MoveManner = 'live' | 'cold';

/** By the feature that stands for each: what a guest needs beside what every host tells of itself. */
export function stockNeeds(
  needs: GuestNeeds,
  manner: MoveManner,
  source: HostStock | null,
  isLacked: (directory: string) => boolean,
): Map<Feature, StockNeed> {
  const found = new Map<Feature, StockNeed>();
  const pools = needs.pools.map((name) => ({ name, atSource: ownValue(source?.pools ?? {}, name) }));
  const elsewhere = new Set<string | null>();
  let allKnown = true;
  for (const { name, atSource } of pools) {
    // What its own host does not tell is seen when it moves.
    if (atSource === undefined || atSource === 'absent') {
      allKnown = false;
      continue;
    }
    elsewhere.add(atSource.directory);
    found.set(`pool ${name} (${poolWords(atSource)})`, { kind: 'pool', name, atSource });
  }
  // What lies where one of its pools is goes where that is on the target.
  if (allKnown)
    for (const path of directoriesOf(needs, manner))
      if (isLacked(path) && !elsewhere.has(path)) found.set(`directory ${path}`, { kind: 'directory', path });
  for (const question of needs.asks?.[manner].questions ?? []) {
    const asked = askedOf(question, needs.memoryBytes, source);
    if (asked !== null) found.set(...asked);
  }
  return found;
}

/** Directories that a target must have, by their paths here: nothing is copied where there is none. */
function directoriesOf(needs: GuestNeeds, manner: MoveManner): string[] {
  const questions = needs.asks?.[manner].questions ?? [];
  const shares = questions.filter(({ comparer }) => comparer === 'same-directory');
  return [...needs.directories, ...shares.map(({ value }) => value)];
}

function askedOf(
  question: ElementQuestion,
  memoryBytes: number,
  source: HostStock | null,
): [Feature, StockNeed] | null {
  const { comparer, value, subject } = question;
  const hardware = (feature: Feature): [Feature, StockNeed] => [
    feature,
    { kind: 'hardware', question, memoryBytes },
  ];
  switch (comparer) {
    case 'cpus':
      return hardware(`processors ${value}`);
    case 'numa-nodes':
      return hardware(`NUMA cells ${value}`);
    case 'security-model':
      return hardware(`labels by ${value}`);
    case 'launch-security':
      return hardware(`encrypted guests of the kind ${attributeOf(subject, 'type')}`);
    case 'hugepages': {
      const { neededBytes, sizes } = wantedPages(subject, memoryBytes);
      const of = sizes.length === 0 ? '' : ` of ${sizes.map((size) => showBytes(size)).join(', ')}`;
      return hardware(`large pages${of}, ${showBytes(neededBytes)} of them free`);
    }
    case 'node-device': {
      const address = deviceAddress(subject)?.address;
      const atSource = ownValue(source?.devices ?? {}, address ?? '');
      if (address === undefined || atSource === undefined || atSource === null) return null;
      return [`device ${address} (${atSource})`, { kind: 'device', address, atSource }];
    }
    default:
      return null;
  }
}

/** Whether a host has it, by the rules of the checks. Of what nobody has asked yes: the checks ask when the guest moves. */
export function isInStock(need: StockNeed, host: Host, stock: HostStock | null): boolean {
  if (stock === null) return true;
  switch (need.kind) {
    case 'pool': {
      const { name, atSource } = need;
      const { pools, define } = host.storage;
      const targetName = ownValue(pools, name) ?? name;
      const there = ownValue(stock.pools ?? {}, targetName);
      if (there === undefined) return true;
      if (there === 'absent') return define && targetName === name;
      return poolDiffers(atSource, there, name, host.storage) === null;
    }
    case 'directory':
      return stock.lacks?.includes(need.path) !== true;
    case 'device': {
      const there = ownValue(stock.devices ?? {}, need.address);
      return there === undefined || there === need.atSource;
    }
    case 'hardware': {
      const target = stock.hardware ?? null;
      if (target === null) return true;
      const hosts = { source: null, target, memoryBytes: need.memoryBytes };
      return compareHardware(need.question, hosts)?.result === 'there';
    }
  }
}

/** What would give a host something that it lacks, beside giving it just that; null: nothing else is known. */
export function stockRemedy(feature: Feature, hostName: string): string | null {
  const [kind, name] = feature.split(' ');
  if (kind === 'pool')
    return `define the pool ${name} on ${hostName} as on its source (virsh pool-dumpxml ${name}), let Ferry do so (ferry host set ${hostName} --define-pools), or say how it is called there (ferry host set ${hostName} --map-pool ${name}=OTHER)`;
  if (kind === 'directory')
    return `make ${name} on ${hostName}, or say where it is there (ferry host set ${hostName} --map-path ${name}=OTHER)`;
  return null;
}

/** What hosts are to be asked for, those first that most guests name. */
export function stockWanted(guests: Iterable<GuestNeeds>): StockWanted {
  const directories = new Map<string, number>();
  const pools = new Map<string, number>();
  const devices = new Map<string, number>();
  let hardware = false;
  for (const needs of guests) {
    const questions = needs.asks === null ? [] : [...needs.asks.live.questions, ...needs.asks.cold.questions];
    count(directories, [...directoriesOf(needs, 'live'), ...directoriesOf(needs, 'cold')]);
    count(pools, needs.pools);
    const addresses = questions.flatMap(({ comparer, subject }) =>
      comparer === 'node-device' ? (deviceAddress(subject) ?? []) : [],
    );
    count(
      devices,
      addresses.map(({ bus, address }) => `${bus} ${address}`),
    );
    hardware ||= questions.some(
      ({ comparer }) => comparer !== 'node-device' && comparer !== 'same-directory',
    );
  }
  return {
    directories: most(directories, stockLimits.directories),
    pools: most(pools, stockLimits.pools),
    devices: most(devices, stockLimits.devices).map((key) => {
      const [bus, address = ''] = key.split(' ');
      return { bus: bus === 'mdev' ? 'mdev' : 'pci', address };
    }),
    hardware,
  };
}

function count(counts: Map<string, number>, keys: Iterable<string>): void {
  for (const key of new Set(keys)) counts.set(key, (counts.get(key) ?? 0) + 1);
}

function most(counts: ReadonlyMap<string, number>, limit: number): string[] {
  return [...counts]
    .toSorted(([one, many], [other, more]) => more - many || (one < other ? -1 : 1))
    .slice(0, limit)
    .map(([key]) => key);
}
