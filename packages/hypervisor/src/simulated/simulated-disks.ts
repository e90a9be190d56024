import { askAgainAfterMs, guestKeepsDisk, timesAsked } from '../contract/ask-until-done.ts';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { Detached, DomainDisk, HostDisks, MeantDisk, NewDisk } from '../contract/host-disks.ts';
import { readDiskDevices, withDisk, withoutDisk } from '../xml/disk-device-xml.ts';
import { requireNetworks } from './simulated-networks.ts';
import { hears } from './simulated-domain.ts';
import type { SimulatedDomain, SimulatedHostState } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** Disks that come to domains of a simulated host, and go. A domain's life and its next start have the same ones. */
export class SimulatedDisks implements HostDisks {
  readonly #world: SimulatedWorld;
  readonly #host: SimulatedHostState;

  constructor(world: SimulatedWorld, host: SimulatedHostState) {
    this.#world = world;
    this.#host = host;
  }

  of(id: string, call?: Call): Promise<readonly DomainDisk[]> {
    return this.#ask('of', call, () => {
      const domain = this.#need(id);
      return readDiskDevices(domain.xml).map(({ target, serial }) => ({
        target,
        serial,
        live: runs(domain),
        defined: domain.persistent,
      }));
    });
  }

  ensureAttached(id: string, disk: NewDisk, call?: Call): Promise<void> {
    return this.#ask('ensureAttached', call, () => {
      const domain = this.#need(id);
      const there = readDiskDevices(domain.xml).find(({ target }) => target === disk.target);
      if (there !== undefined && there.serial !== disk.serial)
        throw this.#error('exists', `another disk of the domain is ${disk.target} already`);
      if (there !== undefined) return;
      const xml = withDisk(domain.xml, disk);
      // What a domain is only defined with is not looked for until it starts.
      if (runs(domain)) requireNetworks(this.#host, xml);
      domain.xml = xml;
    });
  }

  ensureDetached(id: string, disk: MeantDisk, waitMs: number, call?: Call): Promise<Detached> {
    return this.#ask('ensureDetached', call, (): Detached => {
      const domain = this.#need(id);
      const isMeant = (one: MeantDisk): boolean =>
        one.target === disk.target && (disk.serial === null || one.serial === disk.serial);
      if (!readDiskDevices(domain.xml).some(isMeant)) return { kind: 'gone' };
      const heard = hears(domain, timesAsked(waitMs, askAgainAfterMs.unplug));
      if (runs(domain) && (domain.keepsDisks || !heard)) return { kind: 'kept', why: guestKeepsDisk(waitMs) };
      domain.xml = withoutDisk(domain.xml, disk.target);
      return { kind: 'gone' };
    });
  }

  #need(id: string): SimulatedDomain {
    const domain = this.#host.domains.get(id);
    if (domain === undefined) throw this.#error('no-domain', `no domain ${id}`);
    return domain;
  }

  #error(code: HypervisorError['code'], message: string): HypervisorError {
    return new HypervisorError(code, this.#host.name, `${this.#host.name}: ${message}`);
  }

  #ask<T>(method: string, call: Call | undefined, work: () => T): Promise<T> {
    return this.#world.faults.gate(this.#host.name, `disks.${method}`, call, () => {
      if (!this.#host.up) throw this.#error('unreachable', `${this.#host.name} is down`);
      return work();
    });
  }
}

function runs({ state }: SimulatedDomain): boolean {
  return state === 'running' || state === 'paused';
}
