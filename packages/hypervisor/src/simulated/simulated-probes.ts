import type { NetworkSource, OwnershipFacts } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { PeerAddress } from '../contract/host-migration.ts';
import type { HostProbes } from '../contract/host-probes.ts';
import type { SimulatedHostState, SimulatedWorld } from './simulated-world.ts';

/** Probes of a simulated host: it opens whatever it is not cut off from. */
export class SimulatedProbes implements HostProbes {
  readonly #world: SimulatedWorld;
  readonly #host: SimulatedHostState;

  constructor(world: SimulatedWorld, host: SimulatedHostState) {
    this.#world = world;
    this.#host = host;
  }

  refusalToOpen(source: NetworkSource, call?: Call): Promise<string | null> {
    return this.#ask('refusalToOpen', call, () => {
      const cutOff = source.servers.find((server) => this.#host.cutOffFrom.has(server));
      return cutOff === undefined ? null : `${this.#host.name}: no route to ${cutOff}`;
    });
  }

  isSilent({ host }: PeerAddress, call?: Call): Promise<boolean> {
    return this.#ask('isSilent', call, () => this.#host.cutOffFrom.has(host));
  }

  ownership(_directory: string, call?: Call): Promise<OwnershipFacts> {
    return this.#ask('ownership', call, () => this.#host.ownership);
  }

  #ask<T>(method: string, call: Call | undefined, work: () => T): Promise<T> {
    const { name } = this.#host;
    return this.#world.faults.gate(name, `probes.${method}`, call, () => {
      if (!this.#host.up) throw new HypervisorError('unreachable', name, `${name} is down`);
      return work();
    });
  }
}
