import { HypervisorError } from '../contract/errors.ts';
import { readDomainXml } from '../xml/domain-xml.ts';
import type { SimulatedHostState } from './simulated-state.ts';

/**
 * As libvirt, a host starts no domain whose interfaces name a filter that it lacks, or a network that is not active; nor one
 * whose disks name a pool that is not active, or a secret that it lacks.
 */
export function requireNetworks(host: SimulatedHostState, xml: string): void {
  const domain = readDomainXml(xml);
  for (const { volume, secrets } of domain.disks) {
    if (volume !== null && host.pools.get(volume.pool)?.active !== true)
      throw refusal(host, `storage pool '${volume.pool}' is not active`);
    for (const { uuid, usageType, usage } of secrets) {
      const has = [...host.secrets].some(
        ([id, one]) => id === uuid || (one.usageType === usageType && one.usage === usage),
      );
      if (!has) throw refusal(host, `no secret with matching ${uuid ?? usage}`);
    }
  }
  for (const { kind, source, filter } of domain.interfaces) {
    if (filter !== null && host.filters?.has(filter) !== true)
      throw refusal(host, `referenced filter '${filter}' is missing`);
    if (kind === 'network' && host.networks.get(source ?? '')?.active !== true)
      throw refusal(host, `network '${source}' is not active`);
  }
}

function refusal({ name }: SimulatedHostState, message: string): HypervisorError {
  return new HypervisorError('refused', name, `${name}: ${message}`);
}
