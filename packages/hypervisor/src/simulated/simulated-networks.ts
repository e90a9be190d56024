import { type HostNetworkFacts, unspecifiedNetwork } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { HostNetworks } from '../contract/host-networks.ts';
import { readDomainXml } from '../xml/domain-xml.ts';
import type { SimulatedHostState, SimulatedNetwork } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** Networks and devices of a simulated host. A network's definition is its name. */
export class SimulatedNetworks implements HostNetworks {
  readonly #world: SimulatedWorld;
  readonly #host: SimulatedHostState;

  constructor(world: SimulatedWorld, host: SimulatedHostState) {
    this.#world = world;
    this.#host = host;
  }

  network(name: string, call?: Call): Promise<HostNetworkFacts | null> {
    return this.#ask('network', call, () => {
      const found = this.#host.networks.get(name);
      if (found === undefined) return null;
      const { active, mtu, facts } = found;
      return { ...unspecifiedNetwork, kind: 'network', active, mtu, ...facts };
    });
  }

  device(name: string, call?: Call): Promise<HostNetworkFacts | null> {
    return this.#ask('device', call, () => {
      const found = this.#host.devices.get(name);
      return found === undefined ? null : { ...unspecifiedNetwork, kind: 'device', active: true, ...found };
    });
  }

  definition(name: string, call?: Call): Promise<{ xml: string; autostart: boolean }> {
    return this.#ask('definition', call, () => ({
      xml: JSON.stringify(this.#need(name)),
      autostart: this.#need(name).autostart,
    }));
  }

  ensureDefined(
    { name, xml, autostart }: { name: string; xml: string; autostart: boolean },
    call?: Call,
  ): Promise<void> {
    return this.#ask('ensureDefined', call, () => {
      if (this.#host.networks.has(name)) return;
      this.#host.networks.set(name, { ...(JSON.parse(xml) as SimulatedNetwork), active: false, autostart });
    });
  }

  ensureActive(name: string, call?: Call): Promise<void> {
    return this.#ask('ensureActive', call, () => {
      this.#need(name).active = true;
    });
  }

  ensureInactive(name: string, call?: Call): Promise<'stopped' | 'in-use'> {
    return this.#ask('ensureInactive', call, () => {
      const used = [...this.#host.domains.values()].some(
        ({ xml, state }) =>
          state !== 'shutoff' &&
          readDomainXml(xml).interfaces.some((one) => one.kind === 'network' && one.source === name),
      );
      if (used) return 'in-use';
      const found = this.#host.networks.get(name);
      if (found !== undefined) found.active = false;
      return 'stopped';
    });
  }

  ensureUndefined(name: string, call?: Call): Promise<void> {
    return this.#ask('ensureUndefined', call, () => {
      this.#host.networks.delete(name);
    });
  }

  #need(name: string): SimulatedNetwork {
    const found = this.#host.networks.get(name);
    if (found === undefined) throw this.#error('no-network', `no network ${name}`);
    return found;
  }

  #error(code: HypervisorError['code'], message: string): HypervisorError {
    return new HypervisorError(code, this.#host.name, `${this.#host.name}: ${message}`);
  }

  #ask<T>(method: string, call: Call | undefined, work: () => T): Promise<T> {
    return this.#world.faults.gate(this.#host.name, `networks.${method}`, call, () => {
      if (!this.#host.up) throw this.#error('unreachable', `${this.#host.name} is down`);
      return work();
    });
  }
}

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
