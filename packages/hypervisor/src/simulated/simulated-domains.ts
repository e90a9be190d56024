import { on } from 'node:events';
import type { DomainDescriptions, DomainFacts, Sighting } from '@ferry/model';
import { askAgainAfterMs, timesAsked } from '../contract/ask-until-done.ts';
import type { Call } from '../contract/call.ts';
import type { DomainAdaptation } from '../contract/domain-adaptation.ts';
import { HypervisorError } from '../contract/errors.ts';
import type {
  DomainEvent,
  DomainPower,
  DomainRecords,
  HostDomains,
  UnreadDomain,
} from '../contract/host-domains.ts';
import { adaptDomainXml } from '../xml/adapt-domain-xml.ts';
import { readDomainElements } from '../xml/domain-elements-xml.ts';
import { readDomainXml } from '../xml/domain-xml.ts';
import { lockHolder } from './file-users.ts';
import { requireNetworks } from './simulated-networks.ts';
import { nameOf, SimulatedDomainReader } from './simulated-domain-reader.ts';
import { SimulatedFiles } from './simulated-files.ts';
import { hears, makeVariables, newDomain, powerOf } from './simulated-domain.ts';
import { beginLife } from './simulated-lives.ts';
import type { SimulatedDomain, SimulatedHostState } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** Domains of a simulated host. */
export class SimulatedDomains implements HostDomains {
  readonly #world: SimulatedWorld;
  readonly #host: SimulatedHostState;
  readonly #files: SimulatedFiles;
  readonly #reader: SimulatedDomainReader;

  constructor(world: SimulatedWorld, host: SimulatedHostState) {
    this.#world = world;
    this.#host = host;
    this.#files = new SimulatedFiles(host);
    this.#reader = new SimulatedDomainReader(host);
  }

  powers(call?: Call): Promise<ReadonlyMap<string, DomainPower>> {
    return this.#ask(
      'powers',
      call,
      () =>
        new Map(
          [...this.#host.domains].map(([id, { xml, state, reason }]) => {
            const name = nameOf(xml);
            return [id, { power: powerOf(state), reason, ...(name === null ? {} : { name }) }];
          }),
        ),
    );
  }

  list(call?: Call): Promise<readonly DomainFacts[]> {
    return this.#ask('list', call, () =>
      [...this.#host.domains.values()]
        .filter((domain) => this.#reader.whyUnread(domain) === null)
        .map((domain) => this.#reader.facts(domain)),
    );
  }

  unread(call?: Call): Promise<readonly UnreadDomain[]> {
    return this.#ask('unread', call, () =>
      [...this.#host.domains].flatMap(([id, domain]) => {
        const why = this.#reader.whyUnread(domain);
        return why === null ? [] : [{ id, name: nameOf(domain.xml) ?? id, why }];
      }),
    );
  }

  domain(id: string, call?: Call): Promise<DomainFacts | null> {
    return this.#ask('domain', call, () => {
      const domain = this.#host.domains.get(id);
      return domain === undefined ? null : this.#reader.withDisks(domain);
    });
  }

  descriptions(id: string, call?: Call): Promise<DomainDescriptions | null> {
    return this.#ask('descriptions', call, () => {
      const domain = this.#host.domains.get(id);
      if (domain === undefined) return null;
      const isOff = domain.state === 'shutoff' || domain.state === 'crashed';
      return {
        live: isOff ? null : readDomainElements(domain.xml),
        next: domain.persistent || isOff ? readDomainElements(domain.nextXml ?? domain.xml) : null,
      };
    });
  }

  idOf(name: string, call?: Call): Promise<string | null> {
    return this.#ask('idOf', call, () => {
      for (const [id, domain] of this.#host.domains) if (nameOf(domain.xml) === name) return id;
      return null;
    });
  }

  async observe(id: string, call?: Call): Promise<Sighting> {
    try {
      return await this.#ask('observe', call, (): Sighting => {
        const domain = this.#host.domains.get(id);
        if (domain === undefined) return { kind: 'absent' };
        const { state, reason, persistent } = domain;
        return { kind: 'present', state, reason, persistent, job: domain.job === null ? 'none' : 'active' };
      });
    } catch (error) {
      return { kind: 'unreachable', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  definition(id: string, call?: Call, adaptation: DomainAdaptation | null = null): Promise<string> {
    return this.#ask('definition', call, () => {
      const { xml: now, nextXml } = this.#need(id);
      const xml = nextXml ?? now;
      return adaptation === null ? xml : adaptDomainXml(xml, adaptation);
    });
  }

  records(id: string, call?: Call): Promise<DomainRecords> {
    return this.#ask('records', call, () => this.#need(id).records);
  }

  ensureRecords(id: string, records: DomainRecords, call?: Call): Promise<void> {
    return this.#ask('ensureRecords', call, () => {
      this.#need(id).records = structuredClone(records);
    });
  }

  ensureDefined(xml: string, call?: Call): Promise<void> {
    return this.#ask('ensureDefined', call, () => {
      const { id } = this.#reader.read(xml);
      const there = this.#host.domains.get(id);
      if (there === undefined) this.#host.domains.set(id, newDomain(xml, 'shutoff', 'unknown'));
      // Of one that lives it is what its next start takes.
      else if (there.state === 'shutoff')
        Object.assign(there, { xml, nextXml: null, startPreventedBy: null });
      else
        Object.assign(there, {
          persistent: true,
          nextXml: xml === there.xml ? null : xml,
          startPreventedBy: null,
        });
    });
  }

  ensureUndefined(id: string, call?: Call): Promise<void> {
    return this.#ask('ensureUndefined', call, () => {
      const domain = this.#host.domains.get(id);
      if (domain === undefined) return;
      if (domain.state !== 'shutoff') throw this.#wrongState(id, domain, 'undefined');
      this.#host.domains.delete(id);
    });
  }

  ensureStartPrevented(id: string, why: string, call?: Call): Promise<'prevented' | 'not-possible'> {
    return this.#ask('ensureStartPrevented', call, () => {
      this.#need(id).startPreventedBy = why;
      return 'prevented';
    });
  }

  ensureStartAllowed(id: string, call?: Call): Promise<void> {
    return this.#ask('ensureStartAllowed', call, () => {
      const domain = this.#host.domains.get(id);
      if (domain !== undefined) domain.startPreventedBy = null;
    });
  }

  ensureStarted(id: string, call?: Call, { paused } = { paused: false }): Promise<void> {
    return this.#ask('ensureStarted', call, () => {
      const domain = this.#need(id);
      if (domain.state === 'running' || (paused && domain.state === 'paused')) return;
      if (domain.state !== 'shutoff') throw this.#wrongState(id, domain, 'started');
      if (domain.startPreventedBy !== null || domain.cannotStart !== null) {
        const why = domain.startPreventedBy ?? domain.cannotStart;
        throw new HypervisorError('refused', this.#host.name, `${this.#host.name}: unable to stat: ${why}`);
      }
      if (domain.nextXml !== null) Object.assign(domain, { xml: domain.nextXml, nextXml: null });
      requireNetworks(this.#host, domain.xml);
      this.#requireLock(id);
      beginLife(domain);
      touchDisks(this.#files, domain);
      makeVariables(this.#files, domain);
      if (paused) this.#setState(id, domain, 'paused', 'starting up');
      else this.#setState(id, domain, 'running', domain.saved ? 'restored' : 'booted');
      domain.saved = false;
    });
  }

  ensureShutOff(id: string, graceMs: number, call?: Call): Promise<'by-guest' | 'forced' | 'was-off'> {
    return this.#ask('ensureShutOff', call, () => {
      const domain = this.#need(id);
      if (domain.state === 'shutoff') return 'was-off';
      const heard = hears(domain, timesAsked(graceMs, askAgainAfterMs.powerOff));
      const how = domain.state === 'running' && heard ? 'by-guest' : 'forced';
      touchDisks(this.#files, domain);
      if (domain.nextXml !== null) Object.assign(domain, { xml: domain.nextXml, nextXml: null });
      this.#setState(id, domain, 'shutoff', how === 'forced' ? 'destroyed' : 'shutdown');
      if (!domain.persistent) this.#host.domains.delete(id);
      return how;
    });
  }

  ensureResumed(id: string, call?: Call): Promise<void> {
    return this.#ask('ensureResumed', call, () => {
      const domain = this.#need(id);
      if (domain.state === 'running') return;
      if (domain.state !== 'paused') throw this.#wrongState(id, domain, 'resumed');
      this.#requireLock(id);
      this.#setState(id, domain, 'running', 'unpaused');
    });
  }

  ensurePaused(id: string, call?: Call): Promise<void> {
    return this.#ask('ensurePaused', call, () => {
      this.#need(id);
      this.#world.suspend(this.#host.name, id);
    });
  }

  ensureStaleCopyRemoved(id: string, call?: Call): Promise<void> {
    return this.#ask('ensureStaleCopyRemoved', call, () => {
      const domain = this.#host.domains.get(id);
      if (domain === undefined) return;
      if (domain.state === 'running') throw this.#wrongState(id, domain, 'cleaned up');
      this.#host.domains.delete(id);
    });
  }

  ensureLostEnded(id: string, call?: Call): Promise<void> {
    return this.#ask('ensureLostEnded', call, () => {
      const domain = this.#host.domains.get(id);
      if (domain === undefined || domain.state === 'shutoff' || domain.state === 'crashed') return;
      if (domain.reason !== 'post-copy failed') throw this.#wrongState(id, domain, 'ended as lost');
      if (domain.persistent) this.#setState(id, domain, 'shutoff', 'destroyed');
      else this.#host.domains.delete(id);
    });
  }

  setAutostart(id: string, autostart: boolean, call?: Call): Promise<void> {
    return this.#ask('setAutostart', call, () => {
      this.#need(id).autostart = autostart;
    });
  }

  announce(id: string, call?: Call): Promise<void> {
    return this.#ask('announce', call, () => {
      this.#need(id);
    });
  }

  vcpuTimeNs(id: string, call?: Call): Promise<bigint> {
    return this.#ask('vcpuTimeNs', call, () => {
      // A running guest's processors run on between two looks, also when nobody steps the clock.
      const domain = this.#need(id);
      // libvirt refuses to list processors of a domain that is off ("domain is not running").
      if (domain.state === 'shutoff' || domain.state === 'crashed')
        throw new HypervisorError('refused', this.#host.name, `${this.#host.name}: the domain does not run`);
      if (domain.state === 'running') domain.vcpuTimeNs += 1_000n;
      return domain.vcpuTimeNs;
    });
  }

  emulatorProblem({ emulator }: Pick<DomainFacts, 'emulator'>, call?: Call): Promise<string | null> {
    return this.#ask('emulatorProblem', call, () =>
      emulator === '' || this.#host.emulators === null || this.#host.emulators.has(emulator)
        ? null
        : `Cannot check QEMU binary ${emulator}: No such file or directory`,
    );
  }

  compareCpu(
    domain: Pick<DomainFacts, 'cpuXml'>,
    call?: Call,
  ): Promise<'identical' | 'superset' | 'incompatible'> {
    return this.#ask('compareCpu', call, () => {
      const model = /<model[^>]*>([^<]+)</.exec(domain.cpuXml ?? '')?.[1];
      if (model === undefined || model === this.#host.facts.cpuModel) return 'identical';
      return 'incompatible';
    });
  }

  async *events(id: string, signal: AbortSignal): AsyncGenerator<DomainEvent> {
    try {
      for await (const [event, host] of on(this.#world.events, 'domain', { signal })) {
        if (host === this.#host.name && (event as DomainEvent).domainId === id) yield event as DomainEvent;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #ask<T>(method: string, call: Call | undefined, work: () => T): Promise<T> {
    return this.#world.faults.gate(this.#host.name, `domains.${method}`, call, () => {
      if (!this.#host.up)
        throw new HypervisorError('unreachable', this.#host.name, `${this.#host.name} is down`);
      return work();
    });
  }

  #need(id: string): SimulatedDomain {
    const domain = this.#host.domains.get(id);
    if (domain === undefined)
      throw new HypervisorError('no-domain', this.#host.name, `${this.#host.name} has no domain ${id}`);
    return domain;
  }

  #requireLock(id: string): void {
    const holder = lockHolder(this.#world, this.#host, id);
    if (holder === null) return;
    const message = `${this.#host.name}: Failed to get "write" lock: ${holder} has it`;
    throw new HypervisorError('refused', this.#host.name, message);
  }

  #setState(id: string, domain: SimulatedDomain, state: SimulatedDomain['state'], reason: string): void {
    Object.assign(domain, { state, reason });
    this.#world.tell({ kind: 'state-changed', domainId: id }, this.#host.name);
  }

  #wrongState(id: string, domain: SimulatedDomain, what: string): HypervisorError {
    return new HypervisorError(
      'wrong-state',
      this.#host.name,
      `${this.#host.name}: domain ${id} is ${domain.state} (${domain.reason}) and cannot be ${what}`,
    );
  }
}

/** libvirt gives the images of a guest to its QEMU when it starts, and takes them back when it ends. */
function touchDisks(files: SimulatedFiles, { xml }: SimulatedDomain): void {
  for (const { path, kind } of readDomainXml(xml).disks)
    if (kind === 'file' && path !== null) files.touch(path);
}
