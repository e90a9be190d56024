import { HypervisorError } from '../contract/errors.ts';
import { readInterfaceFilters } from '../xml/interface-filter.ts';
import type { SimulatedHostState } from './simulated-world.ts';

/** As libvirt, a host starts no domain whose interfaces name a filter that it does not have. */
export function requireFilters(host: SimulatedHostState, xml: string): void {
  for (const { filter } of readInterfaceFilters(xml)) {
    if (filter === null || host.filters?.has(filter) === true) continue;
    const message = `${host.name}: referenced filter '${filter}' is missing`;
    throw new HypervisorError('refused', host.name, message);
  }
}
