import type { HostFacts } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { Hypervisor, HypervisorHost } from '../contract/hypervisor-host.ts';
import { SimulatedConsoles } from './simulated-consoles.ts';
import { SimulatedDisks } from './simulated-disks.ts';
import { SimulatedDomains } from './simulated-domains.ts';
import { SimulatedFirewall } from './simulated-firewall.ts';
import { SimulatedFiles } from './simulated-files.ts';
import { SimulatedHardware } from './simulated-hardware.ts';
import { SimulatedGuests } from './simulated-guests.ts';
import { SimulatedMigration } from './simulated-migration.ts';
import { SimulatedPools } from './simulated-pools.ts';
import { SimulatedSecrets } from './simulated-secrets.ts';
import { SimulatedTrials } from './simulated-trials.ts';
import { SimulatedNetworks } from './simulated-networks.ts';
import { SimulatedOverlays } from './simulated-overlays.ts';
import { SimulatedShell } from './simulated-shell.ts';
import { SimulatedStorage } from './simulated-storage.ts';
import type { SimulatedHostState } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** The contract on a world in memory: for scale and for failing at will, never as the proof. */
export class SimulatedHypervisor implements Hypervisor {
  readonly #world: SimulatedWorld;
  readonly #hosts = new Map<string, SimulatedHost>();

  constructor(world: SimulatedWorld) {
    this.#world = world;
  }

  host(uri: string): HypervisorHost {
    const known = this.#hosts.get(uri);
    if (known !== undefined) return known;
    const state = this.#world.hosts.get(uri);
    if (state === undefined) throw new HypervisorError('bad-uri', uri, `"${uri}" is no simulated host`);
    const host = new SimulatedHost(this.#world, state);
    this.#hosts.set(uri, host);
    return host;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

class SimulatedHost implements HypervisorHost {
  readonly uri: string;
  readonly domains: SimulatedDomains;
  readonly disks: SimulatedDisks;
  readonly guests: SimulatedGuests;
  readonly consoles: SimulatedConsoles;
  readonly storage: SimulatedStorage;
  readonly overlays: SimulatedOverlays;
  readonly migration: SimulatedMigration;
  readonly firewall: SimulatedFirewall;
  readonly networks: SimulatedNetworks;
  readonly pools: SimulatedPools;
  readonly secrets: SimulatedSecrets;
  readonly trials: SimulatedTrials;
  readonly hardware: SimulatedHardware;
  readonly #world: SimulatedWorld;
  readonly #state: SimulatedHostState;

  constructor(world: SimulatedWorld, state: SimulatedHostState) {
    this.#world = world;
    this.#state = state;
    this.uri = state.uri;
    this.domains = new SimulatedDomains(world, state);
    this.disks = new SimulatedDisks(world, state);
    this.guests = new SimulatedGuests(world, state, new SimulatedFiles(state));
    this.consoles = new SimulatedConsoles(world, state);
    this.storage = new SimulatedStorage(world, state);
    this.overlays = new SimulatedOverlays(world, state);
    this.migration = new SimulatedMigration(world, state);
    this.hardware = new SimulatedHardware(world, state);
    this.firewall = new SimulatedFirewall(world, state);
    this.networks = new SimulatedNetworks(world, state);
    this.pools = new SimulatedPools(world, state);
    this.secrets = new SimulatedSecrets(world, state);
    this.trials = new SimulatedTrials(world, state);
  }

  /** As the world has it now. */
  get shell(): SimulatedShell | null {
    return this.#state.shell === null ? null : new SimulatedShell(this.#world, this.#state);
  }

  facts(call?: Call): Promise<HostFacts> {
    const { name } = this.#state;
    return this.#world.faults.gate(name, 'facts', call, () => {
      if (!this.#state.up) throw new HypervisorError('unreachable', name, `${name} is down`);
      return { ...this.#state.facts, networks: networksOf(this.#state) };
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function networksOf({ networks }: SimulatedHostState): HostFacts['networks'] {
  return [...networks].map(([name, { active, bridge }]) => ({ name, active, bridge }));
}
