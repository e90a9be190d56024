import { basename, dirname } from 'node:path';
import type { DomainElement, NetworkSource, OwnershipFacts } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { PeerAddress } from '../contract/host-migration.ts';
import { type HostTrials, requireStandIn, type StandIn } from '../contract/host-trials.ts';
import { readDomainXml } from '../xml/domain-xml.ts';
import { trialDeviceXml } from '../xml/domain-elements-xml.ts';
import { standInXml } from '../xml/new-domain-xml.ts';
import { writerOf } from './file-users.ts';
import { newDomain } from './simulated-domain.ts';
import type { SimulatedHostState } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** Probes of a simulated host: it opens whatever it is not cut off from. */
export class SimulatedTrials implements HostTrials {
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

  refusalToHave(device: DomainElement, call?: Call): Promise<string | null> {
    return this.#ask('refusalToHave', call, () => {
      const xml = trialDeviceXml(device);
      return [...this.#host.refusedDevices].find(([part]) => xml.includes(part))?.[1] ?? null;
    });
  }

  isSilent({ host }: PeerAddress, call?: Call): Promise<boolean> {
    return this.#ask('isSilent', call, () => this.#host.cutOffFrom.has(host));
  }

  ownership(_directory: string, call?: Call): Promise<OwnershipFacts> {
    return this.#ask('ownership', call, () => this.#host.ownership);
  }

  async whileImageLocked<T>(
    directory: string,
    look: (path: string, isLocked: boolean) => Promise<T>,
    call?: Call,
  ): Promise<{ readonly held: T; readonly free: T }> {
    const files = await this.#ask('whileImageLocked', call, () => {
      const found = this.#host.directories.get(directory);
      if (found === undefined)
        throw new HypervisorError('no-image', this.#host.name, `${this.#host.name} has no ${directory}`);
      return found;
    });
    const name = '.ferry-lock-probe';
    const path = `${directory}/${name}`;
    files.set(name, { format: 'raw', capacityBytes: 1, backing: null, owner: null, content: '' });
    try {
      const holder = this.#host.locksHold ? name : null;
      if (holder !== null) this.#world.heldImages.set(files, holder);
      const held = await look(path, true);
      this.#world.heldImages.delete(files);
      return { held, free: await look(path, false) };
    } finally {
      this.#world.heldImages.delete(files);
      files.delete(name);
    }
  }

  refusalToWrite(path: string, call?: Call): Promise<string | null> {
    return this.#ask('refusalToWrite', call, () => {
      const files = this.#host.directories.get(dirname(path));
      const isHeld = files !== undefined && this.#world.heldImages.get(files) === basename(path);
      const file = files?.get(basename(path));
      const writer = file === undefined ? null : writerOf(this.#world, file);
      if (!this.#host.locksHold || (!isHeld && writer === null)) return null;
      return `${this.#host.name}: ${path} is locked${writer === null ? '' : ` by a guest of ${writer}`}`;
    });
  }

  ensureStandIn(standIn: StandIn, call?: Call): Promise<void> {
    return this.#ask('ensureStandIn', call, () => {
      const { domains } = this.#host;
      if (domains.has(standIn.id)) return;
      domains.set(standIn.id, { ...newDomain(standInXml(standIn), 'paused', 'user'), persistent: false });
    });
  }

  ensureNoStandIn({ id, name }: Pick<StandIn, 'id' | 'name'>, call?: Call): Promise<void> {
    return this.#ask('ensureNoStandIn', call, () => {
      const found = this.#host.domains.get(id);
      if (found === undefined) return;
      requireStandIn(this.#host.name, name, { name: readDomainXml(found.xml).name, state: found.state });
      this.#host.domains.delete(id);
    });
  }

  #ask<T>(method: string, call: Call | undefined, work: () => T): Promise<T> {
    const { name } = this.#host;
    return this.#world.faults.gate(name, `trials.${method}`, call, () => {
      if (!this.#host.up) throw new HypervisorError('unreachable', name, `${name} is down`);
      return work();
    });
  }
}
