import type { HostBody } from '@ferry/api';
import type { MessageKey } from '../../i18n/en.ts';
import type { Tone } from '../../ui/state.tsx';

/** A network of libvirt at one host. `missing`: a move that needs it is refused there, unless the host defines it or calls it otherwise. */
export interface AtHost {
  readonly host: HostBody;
  readonly state: 'active' | 'stopped' | 'missing';
  readonly bridge: string | null;
  /** Its name there, where the host was told one; null: the same. */
  readonly calledThere: string | null;
}

/** A network of libvirt; hosts that know one of that name are taken to be on the same. */
export interface HostNetwork {
  readonly name: string;
  /** All hosts that have told what they have. */
  readonly hosts: readonly AtHost[];
  readonly bridges: readonly string[];
}

export const networkStates = {
  active: { tone: 'good', word: 'networks.active' },
  stopped: { tone: 'warn', word: 'networks.stopped' },
  missing: { tone: 'still', word: 'networks.isMissing' },
} as const satisfies Record<AtHost['state'], { readonly tone: Tone; readonly word: MessageKey }>;

/** Networks of all hosts, by name. */
export function networksOf(hosts: readonly HostBody[]): readonly HostNetwork[] {
  const names = new Set(hosts.flatMap(({ facts }) => facts?.networks.map(({ name }) => name) ?? []));
  return [...names].toSorted((one, other) => one.localeCompare(other)).map((name) => networkOf(name, hosts));
}

function networkOf(name: string, all: readonly HostBody[]): HostNetwork {
  const hosts = all
    .filter(({ facts }) => facts !== null)
    .map((host): AtHost => {
      const own = host.facts?.networks.find((one) => one.name === name);
      const state = own === undefined ? 'missing' : own.active ? 'active' : 'stopped';
      const calledThere = host.networks.map[name] ?? null;
      return { host, state, bridge: own?.bridge ?? null, calledThere };
    });
  const bridges = [...new Set(hosts.flatMap(({ bridge }) => bridge ?? []))];
  return { name, hosts, bridges };
}

/** Names of the hosts at which it is so. */
export function hostsWhere({ hosts }: HostNetwork, state: AtHost['state']): readonly string[] {
  return hosts.filter((one) => one.state === state).map(({ host }) => host.name);
}
