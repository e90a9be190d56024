import { on } from 'node:events';
import { join } from 'node:path';
import type { DiskFacts, DomainDescriptions, DomainFacts, ImageFacts, Sighting } from '@ferry/model';
import { askAgainAfterMs, timesAsked } from '../contract/ask-until-done.ts';
import type { Call } from '../contract/call.ts';
import type { DomainAdaptation } from '../contract/domain-adaptation.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { DomainRecords } from '../contract/domain-records.ts';
import type { DomainEvent, DomainPower, HostDomains, UnreadDomain } from '../contract/host-domains.ts';
import { adaptDomainXml } from '../xml/adapt-domain-xml.ts';
import { readDomainElements } from '../xml/domain-elements-xml.ts';
import { haveSameDisks } from '../xml/have-same-disks.ts';
import { readDomainXml } from '../xml/domain-xml.ts';
import { XmlError } from '../xml/parse-xml.ts';
import { lockHolder } from './image-lock.ts';
import { requireNetworks } from './require-networks.ts';
import { SimulatedFiles } from './simulated-files.ts';
import { hears, newDomain, powerOf } from './simulated-domain.ts';
import type { SimulatedDomain, SimulatedHostState } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** Domains of a simulated host. */
export class SimulatedDomains implements HostDomains {
  readonly #world: SimulatedWorld;
  readonly #host: SimulatedHostState;
  readonly #files: SimulatedFiles;

  constructor(world: SimulatedWorld, host: SimulatedHostState) {
    this.#world = world;
    this.#host = host;
    this.#files = new SimulatedFiles(host);
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
        .filter((domain) => this.#whyUnread(domain) === null)
        .map((domain) => this.#facts(domain)),
    );
  }

  unread(call?: Call): Promise<readonly UnreadDomain[]> {
    return this.#ask('unread', call, () =>
      [...this.#host.domains].flatMap(([id, domain]) => {
        const why = this.#whyUnread(domain);
        return why === null ? [] : [{ id, name: nameOf(domain.xml) ?? id, why }];
      }),
    );
  }

  #whyUnread({ unreadable, xml }: SimulatedDomain): string | null {
    if (unreadable !== null) return unreadable;
    try {
      this.#read(xml);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  domain(id: string, call?: Call): Promise<DomainFacts | null> {
    return this.#ask('domain', call, () => {
      const domain = this.#host.domains.get(id);
      if (domain === undefined) return null;
      if (domain.unreadable !== null)
        throw new HypervisorError('invalid-xml', this.#host.name, `${this.#host.name}: ${domain.unreadable}`);
      const facts = this.#facts(domain);
      const disks = facts.disks.map((disk) => this.#withImages(this.#byPath(disk)));
      const { records } = domain;
      const withFile = (file: DiskFacts): DiskFacts[] => {
        if (file.path === null) return [];
        const image = file.format === 'raw' ? this.#files.rawImage(file.path) : this.#files.image(file.path);
        return image === null ? [] : [{ ...file, image }];
      };
      const { nvram, files = [] } = facts.extras;
      const next =
        domain.nextXml === null || domain.state === 'shutoff' ? null : this.#read(domain.nextXml).disks;
      const extras = {
        ...facts.extras,
        nvram: nvram === null ? null : (withFile(nvram)[0] ?? null),
        files: files.flatMap(withFile),
        nextDisks:
          next === null || haveSameDisks(facts.disks, next)
            ? null
            : next.map((disk) => this.#withImages(this.#byPath(disk))),
        snapshots: records.snapshots.map(({ name }) => name),
        checkpoints: records.checkpoints.map(({ name }) => name),
      };
      return { ...facts, disks, extras };
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
      const { id } = this.#read(xml);
      const there = this.#host.domains.get(id);
      if (there === undefined) this.#host.domains.set(id, newDomain(xml, 'shutoff', 'unknown'));
      // Of one that lives it is what its next start takes.
      else if (there.state === 'shutoff') Object.assign(there, { xml, nextXml: null, heldBy: null });
      else Object.assign(there, { persistent: true, nextXml: xml === there.xml ? null : xml, heldBy: null });
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

  ensureHeld(id: string, why: string, call?: Call): Promise<'held' | 'not-possible'> {
    return this.#ask('ensureHeld', call, () => {
      this.#need(id).heldBy = why;
      return 'held';
    });
  }

  ensureReleased(id: string, call?: Call): Promise<void> {
    return this.#ask('ensureReleased', call, () => {
      const domain = this.#host.domains.get(id);
      if (domain !== undefined) domain.heldBy = null;
    });
  }

  ensureStarted(id: string, call?: Call, { paused } = { paused: false }): Promise<void> {
    return this.#ask('ensureStarted', call, () => {
      const domain = this.#need(id);
      if (domain.state === 'running' || (paused && domain.state === 'paused')) return;
      if (domain.state !== 'shutoff') throw this.#wrongState(id, domain, 'started');
      if (domain.heldBy !== null || domain.cannotStart !== null) {
        const why = domain.heldBy ?? domain.cannotStart;
        throw new HypervisorError('refused', this.#host.name, `${this.#host.name}: unable to stat: ${why}`);
      }
      if (domain.nextXml !== null) Object.assign(domain, { xml: domain.nextXml, nextXml: null });
      requireNetworks(this.#host, domain.xml);
      this.#requireLock(id);
      touchDisks(this.#files, domain);
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

  #facts(domain: SimulatedDomain): DomainFacts {
    return {
      ...this.#read(domain.xml),
      power: powerOf(domain.state),
      reason: domain.reason,
      persistent: domain.persistent,
      autostart: domain.autostart,
      activeJob: domain.job === null ? null : 'migration out',
      managedSave: domain.saved,
    };
  }

  /** A volume of a pool that is a directory is a file that goes by another name. */
  #byPath(disk: DiskFacts): DiskFacts {
    const { volume } = disk;
    const directory = this.#host.pools.get(volume?.pool ?? '')?.directory ?? null;
    if (disk.kind !== 'volume' || volume === null || directory === null) return disk;
    return { ...disk, kind: 'file', path: join(directory, volume.name) };
  }

  #withImages(disk: DiskFacts): DiskFacts {
    if (disk.path === null || (disk.kind !== 'file' && disk.kind !== 'block')) return disk;
    if (disk.kind === 'block') {
      const image = disk.format === 'raw' ? this.#files.rawImage(disk.path) : this.#files.image(disk.path);
      return image === null ? disk : { ...disk, image };
    }
    const { toldBacking, path: top } = disk;
    const told = (): ImageFacts[] | null =>
      toldBacking === null || disk.format === 'raw'
        ? null
        : [top, ...toldBacking].map((path) => this.#files.need(path));
    try {
      const [image = null, ...backing] = told() ?? this.#files.chain(top, disk.format);
      return { ...disk, image, backing };
    } catch (error) {
      if (!(error instanceof HypervisorError && error.code === 'no-image')) throw error;
      return { ...disk, missing: error.message };
    }
  }

  #read(xml: string): ReturnType<typeof readDomainXml> {
    try {
      return readDomainXml(xml);
    } catch (cause) {
      if (!(cause instanceof XmlError)) throw cause;
      throw new HypervisorError(
        'invalid-xml',
        this.#host.name,
        `${this.#host.name}: domain XML: ${cause.message}`,
        { cause },
      );
    }
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

/** libvirt finds a domain by its name also where another one's description cannot be read. */
function nameOf(xml: string): string | null {
  try {
    return readDomainXml(xml).name;
  } catch (error) {
    if (error instanceof XmlError) return null;
    throw error;
  }
}
