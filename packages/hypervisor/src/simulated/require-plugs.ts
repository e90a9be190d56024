import { HypervisorError } from '../contract/errors.ts';
import { readDomainXml } from '../xml/domain-xml.ts';
import type { SimulatedHostState } from './simulated-world.ts';

/** As libvirt, a host starts no domain whose interfaces name a filter that it lacks, or a network that is not active. */
export function requirePlugs(host: SimulatedHostState, xml: string): void {
  for (const { kind, source, filter } of readDomainXml(xml).interfaces) {
    if (filter !== null && host.filters?.has(filter) !== true)
      throw refusal(host, `referenced filter '${filter}' is missing`);
    if (kind === 'network' && host.networks.get(source ?? '')?.active !== true)
      throw refusal(host, `network '${source}' is not active`);
  }
}

function refusal({ name }: SimulatedHostState, message: string): HypervisorError {
  return new HypervisorError('refused', name, `${name}: ${message}`);
}
