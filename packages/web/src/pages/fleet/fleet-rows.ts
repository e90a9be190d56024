import type { HostBody, InstanceBody } from '@ferry/api';

/** What is to be shown of the fleet. */
export interface FleetFilter {
  /** Part of a name of an instance or a host, or the beginning of an id. */
  readonly search: string;
  readonly show: 'all' | 'moving' | 'faults' | 'off';
}

/** One line of the fleet: a group of hosts, a host, or an instance on the host above it. */
export type FleetRow =
  | {
      readonly kind: 'zone';
      readonly key: string;
      readonly name: string;
      readonly hosts: number;
      readonly instances: number;
    }
  | {
      readonly kind: 'host';
      readonly key: string;
      readonly host: HostBody;
      readonly instances: number;
      /** vCPUs of its running instances. */
      readonly vcpus: number;
      readonly isOpen: boolean;
    }
  | { readonly kind: 'instance'; readonly key: string; readonly instance: InstanceBody };

/** A host with what it runs, in the order in which it is shown. */
interface ArrangedHost {
  readonly host: HostBody;
  readonly instances: readonly InstanceBody[];
  readonly vcpus: number;
}

/** Hosts by zone, and instances by host, all by name. Made anew when they change, and not with each key of a search. */
export type ArrangedFleet = readonly { readonly zone: string; readonly hosts: readonly ArrangedHost[] }[];

export function arrangeFleet(
  hosts: readonly HostBody[],
  instances: ReadonlyMap<string, InstanceBody>,
): ArrangedFleet {
  const onHost = Map.groupBy(instances.values(), ({ hostId }) => hostId);
  const arranged = (host: HostBody): ArrangedHost => {
    const all = (onHost.get(host.id) ?? []).toSorted((one, other) => byName(one.name, other.name));
    const vcpus = all.reduce((sum, one) => sum + (one.powerState === 'running' ? one.vcpus : 0), 0);
    return { host, instances: all, vcpus };
  };
  return [...Map.groupBy(hosts, ({ zone }) => zone ?? '')]
    .toSorted(([one], [other]) => byName(one, other))
    .map(([zone, members]) => ({
      zone,
      hosts: members.toSorted((one, other) => byName(one.name, other.name)).map(arranged),
    }));
}

/** The lines of the fleet that fit a filter. `closed`: hosts that are folded, by id. */
export function fleetRows(
  fleet: ArrangedFleet,
  filter: FleetFilter,
  closed: ReadonlySet<string>,
): FleetRow[] {
  const search = filter.search.trim().toLowerCase();
  const rows: FleetRow[] = [];
  for (const { zone, hosts } of fleet) {
    const lines: FleetRow[] = [];
    let shownHosts = 0;
    let shownInstances = 0;
    for (const { host, instances, vcpus } of hosts) {
      const hostFits = filter.show === 'all' && host.name.toLowerCase().includes(search);
      const fitting = instances.filter((one) => fits(one, filter.show) && (hostFits || isNamed(one, search)));
      if (!hostFits && fitting.length === 0) continue;
      shownHosts += 1;
      shownInstances += fitting.length;
      const isOpen = !closed.has(host.id) || (search !== '' && !hostFits);
      lines.push({ kind: 'host', key: host.id, host, instances: instances.length, vcpus, isOpen });
      if (isOpen)
        for (const instance of fitting) lines.push({ kind: 'instance', key: instance.id, instance });
    }
    if (lines.length === 0) continue;
    rows.push({
      kind: 'zone',
      key: `zone ${zone}`,
      name: zone,
      hosts: shownHosts,
      instances: shownInstances,
    });
    for (const line of lines) rows.push(line);
  }
  return rows;
}

function fits({ taskState, fault, vmState, powerState }: InstanceBody, show: FleetFilter['show']): boolean {
  if (show === 'moving') return taskState !== null;
  if (show === 'faults') return fault !== null || vmState === 'error';
  return show === 'off' ? powerState === 'shutoff' : true;
}

function isNamed({ name, id }: InstanceBody, search: string): boolean {
  return name.toLowerCase().includes(search) || (search.length > 3 && id.startsWith(search));
}

const collator = new Intl.Collator('en', { numeric: true });

function byName(one: string, other: string): number {
  return collator.compare(one, other);
}
