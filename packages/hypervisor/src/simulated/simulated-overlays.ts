import type { OverlayObstacle } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import { describeMisplaced } from '../contract/describe-misplaced.ts';
import type { HostOverlays, MergeOrder, OverlayOrder } from '../contract/host-disks.ts';
import { type DiskChain, readDiskChains } from '../xml/overlay-xml.ts';
import { SimulatedFiles } from './simulated-files.ts';
import { lifeOf } from './simulated-lives.ts';
import type { SimulatedDomain, SimulatedHostState } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** Overlays on a simulated host: what an overlay has been given is added to its base when they are merged. */
export class SimulatedOverlays implements HostOverlays {
  readonly #world: SimulatedWorld;
  readonly #host: SimulatedHostState;
  readonly #files: SimulatedFiles;

  constructor(world: SimulatedWorld, host: SimulatedHostState) {
    this.#world = world;
    this.#host = host;
    this.#files = new SimulatedFiles(host);
  }

  obstacles(domainId: string, call?: Call): Promise<readonly OverlayObstacle[]> {
    return this.#ask('obstacles', call, () =>
      this.#chains(domainId).flatMap(({ disk, mirror }) =>
        mirror === null ? [] : [{ disk, kind: 'job', what: mirror.job } as const],
      ),
    );
  }

  tops(domainId: string, call?: Call): Promise<ReadonlyMap<string, string>> {
    return this.#ask(
      'tops',
      call,
      () =>
        new Map(
          this.#chains(domainId).flatMap(({ disk, files: [top] }) =>
            top === undefined ? [] : [[disk, top] as const],
          ),
        ),
    );
  }

  life(domainId: string, call?: Call): Promise<string | null> {
    return this.#ask('life', call, () => lifeOf(this.#need(domainId)));
  }

  holdsNothing(path: string, call?: Call): Promise<boolean> {
    return this.#ask('holdsNothing', call, () => (this.#files.file(path)?.content ?? '') === '');
  }

  ensureOverlays(domainId: string, orders: readonly OverlayOrder[], call?: Call): Promise<void> {
    return this.#ask('ensureOverlays', call, () => {
      const domain = this.#need(domainId);
      if (orders.every(({ disk, path }) => this.#topOf(domainId, disk) === path)) return;
      for (const { disk, below } of orders) {
        const top = this.#topOf(domainId, disk);
        if (top !== below) throw this.#elsewhere(disk, top, below);
      }
      if (domain.state !== 'running')
        throw this.#error('wrong-state', `domain ${domainId} does not run: its disks stand still`);
      for (const { path, below } of orders) {
        const under = this.#files.file(below);
        if (under === null) throw this.#error('no-image', `nothing at ${below}`);
        const { capacityBytes, format } = under;
        const backing = { path: below, format };
        this.#files.write(path, { format: 'qcow2', capacityBytes, backing, owner: null, content: '' });
        rename(domain, below, path);
      }
    });
  }

  ensureMerged(domainId: string, orders: readonly MergeOrder[], call?: Call): Promise<void> {
    return this.#ask('ensureMerged', call, () => {
      for (const order of orders) {
        this.#merge(domainId, order);
        for (const path of order.overlays) this.#files.remove(path);
      }
    });
  }

  #merge(domainId: string, { disk, base, overlays }: MergeOrder): void {
    const top = this.#topOf(domainId, disk);
    if (top === base) return;
    if (top === undefined || !overlays.includes(top)) throw this.#elsewhere(disk, top, base);
    const chain = this.#files.chain(top, 'qcow2').map(({ path }) => path);
    const above = chain.slice(0, chain.indexOf(base));
    const written = above.toReversed().map((path) => this.#files.file(path)?.content ?? '');
    const file = this.#files.file(base);
    if (file === null) throw this.#error('no-image', `nothing at ${base}`);
    if (written.join('') !== '')
      this.#files.write(base, { ...file, content: [file.content, ...written].join('') });
    const domain = this.#need(domainId);
    rename(domain, top, base);
  }

  #topOf(domainId: string, disk: string): string | undefined {
    return this.#chains(domainId).find((one) => one.disk === disk)?.files[0];
  }

  #chains(domainId: string): DiskChain[] {
    return readDiskChains(this.#need(domainId).xml);
  }

  #need(id: string): SimulatedDomain {
    const domain = this.#host.domains.get(id);
    if (domain === undefined) throw this.#error('no-domain', `there is no domain ${id}`);
    return domain;
  }

  #elsewhere(disk: string, top: string | undefined, wanted: string): HypervisorError {
    return this.#error('wrong-state', describeMisplaced(disk, top, wanted));
  }

  #error(code: HypervisorError['code'], message: string): HypervisorError {
    return new HypervisorError(code, this.#host.name, `${this.#host.name}: ${message}`);
  }

  #ask<T>(method: string, call: Call | undefined, work: () => T): Promise<T> {
    return this.#world.faults.gate(this.#host.name, `overlays.${method}`, call, () => {
      if (!this.#host.up) throw this.#error('unreachable', 'the host is down');
      return work();
    });
  }
}

/** What its next start takes goes with it, as libvirt does it where both name the same image. */
function rename(domain: SimulatedDomain, from: string, to: string): void {
  domain.xml = moved(domain.xml, from, to);
  if (domain.nextXml !== null) domain.nextXml = moved(domain.nextXml, from, to);
}

/** The definition with another file in place of one; the simulated world tells formats by the files. */
function moved(xml: string, from: string, to: string): string {
  return xml.replace(/<source file=(['"])(.*?)\1/g, (whole, quote: string, file: string) =>
    file === from ? `<source file=${quote}${to}${quote}` : whole,
  );
}
