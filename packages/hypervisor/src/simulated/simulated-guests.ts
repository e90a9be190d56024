import { changedBytes, type DirtyWindow, sampledWindow } from '@ferry/model';
import { readDomainXml } from '../xml/domain-xml.ts';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { GuestStatistics, HostGuests } from '../contract/host-guests.ts';
import { consoleFile } from '../xml/console-ports.ts';
import type { SimulatedFiles } from './simulated-files.ts';
import type { SimulatedDomain, SimulatedHostState } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

const bytesPerKib = 1024;
const nsPerMs = 1_000_000;
const bytesPerMebibyte = 1024 * 1024;

/** What guests of a simulated host hold and show. */
export class SimulatedGuests implements HostGuests {
  readonly #world: SimulatedWorld;
  readonly #host: SimulatedHostState;
  readonly #files: SimulatedFiles;

  constructor(world: SimulatedWorld, host: SimulatedHostState, files: SimulatedFiles) {
    this.#world = world;
    this.#host = host;
    this.#files = files;
  }

  ensureSaved(id: string, call?: Call): Promise<void> {
    return this.#ask('ensureSaved', call, () => {
      const domain = this.#need(id);
      if (domain.state === 'shutoff' || domain.state === 'crashed') return;
      if (domain.job !== null) throw this.#error('wrong-state', `domain ${id} has a job`);
      Object.assign(domain, { state: 'shutoff', reason: 'saved', saved: true });
      this.#world.tell({ kind: 'state-changed', domainId: id }, this.#host.name);
    });
  }

  ensureSavedGone(id: string, call?: Call): Promise<void> {
    return this.#ask('ensureSavedGone', call, () => {
      this.#need(id).saved = false;
    });
  }

  isSaved(id: string, call?: Call): Promise<boolean> {
    return this.#ask('isSaved', call, () => this.#need(id).saved);
  }

  statistics(id: string, call?: Call): Promise<GuestStatistics> {
    return this.#ask('statistics', call, () => {
      const domain = this.#need(id);
      if (domain.state !== 'running' && domain.state !== 'paused')
        throw this.#error('wrong-state', `domain ${id} does not run and has no statistics`);
      const { vcpus, memoryBytes } = readDomainXml(domain.xml);
      return {
        vcpuTimesNs: Array.from({ length: vcpus }, () => domain.vcpuTimeNs),
        memoryMaximumKib: memoryBytes / bytesPerKib,
        memoryUsedKib: domain.memory === null ? null : domain.memory.usedBytes / bytesPerKib,
        disks: [],
        interfaces: [],
      };
    });
  }

  processorTimesNs(call?: Call): Promise<ReadonlyMap<string, number>> {
    return this.#ask('processorTimesNs', call, () => {
      const running = [...this.#host.domains].filter(([, { state }]) => state === 'running');
      return new Map(
        running.map(([id, domain]) => [
          id,
          Number(domain.vcpuTimeNs) + Math.round(domain.cpusUsed * performance.now() * nsPerMs),
        ]),
      );
    });
  }

  sampleDirtyPages(id: string, seconds: number, call?: Call): Promise<DirtyWindow> {
    return this.#ask('sampleDirtyPages', call, () => {
      const { state, memory } = this.#need(id);
      if (state !== 'running' && state !== 'paused')
        throw this.#error('wrong-state', `domain ${id} does not run and changes nothing`);
      if (memory === null || memory.writes === null)
        throw this.#error('refused', `its hypervisor cannot measure what ${id} changes`);
      const changed = state === 'paused' ? 0 : changedBytes(memory.writes, seconds * 1000);
      return sampledWindow(Math.floor(changed / bytesPerMebibyte / seconds), seconds);
    });
  }

  consoleOutput(id: string, maxBytes: number, call?: Call): Promise<string | null> {
    return this.#ask('consoleOutput', call, () => {
      const path = consoleFile(this.#need(id).xml);
      if (path === null) return null;
      return this.#files.file(path)?.content.slice(-maxBytes) ?? '';
    });
  }

  #need(id: string): SimulatedDomain {
    const domain = this.#host.domains.get(id);
    if (domain === undefined) throw this.#error('no-domain', `no domain ${id}`);
    return domain;
  }

  #ask<T>(method: string, call: Call | undefined, work: () => T): Promise<T> {
    return this.#world.faults.gate(this.#host.name, `guests.${method}`, call, () => {
      if (!this.#host.up) throw this.#error('unreachable', 'it is down');
      return work();
    });
  }

  #error(code: HypervisorError['code'], message: string): HypervisorError {
    return new HypervisorError(code, this.#host.name, `${this.#host.name}: ${message}`);
  }
}
