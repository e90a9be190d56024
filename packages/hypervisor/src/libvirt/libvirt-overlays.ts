import {
  BlockCommitFlag,
  BlockJobAbortFlag,
  BlockJobType,
  type DomainRef,
  DomainXmlFlag,
  SnapshotCreateFlag,
} from '@ferry/libvirt';
import type { OverlayObstacle } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { HostOverlays, MergeOrder, OverlayOrder } from '../contract/host-overlays.ts';
import { type DiskChain, readDiskChains } from '../xml/disk-chain-xml.ts';
import { overlayXml } from '../xml/overlay-xml.ts';
import { filesInUse } from './files-in-use.ts';
import type { HostConnection } from './host-connection.ts';
import type { LibvirtDomains } from './libvirt-domains.ts';
import { parse } from './libvirt-facts.ts';
import type { LibvirtStorage } from './libvirt-storage.ts';
import { withPausedDomain } from './paused-domain.ts';

const lookAgainMs = 100;
/** A snapshot waits for what the guest has under way; a pivot for the same. */
const drainMs = 120_000;
/** A merge that ends again and again has a reason that no further try takes away. */
const mostMerges = 3;

const snapshotFlags = SnapshotCreateFlag.diskOnly | SnapshotCreateFlag.atomic | SnapshotCreateFlag.noMetadata;

/** Overlays on disks of libvirt's domains: external snapshots that libvirt keeps no record of, and active commits. */
export class LibvirtOverlays implements HostOverlays {
  readonly #connection: HostConnection;
  readonly #domains: LibvirtDomains;
  readonly #storage: LibvirtStorage;

  constructor(connection: HostConnection, domains: LibvirtDomains, storage: LibvirtStorage) {
    this.#connection = connection;
    this.#domains = domains;
    this.#storage = storage;
  }

  async obstacles(domainId: string, call: Call = {}): Promise<readonly OverlayObstacle[]> {
    const dom = await this.#need(domainId, call);
    const chains = await this.#chains(dom, call);
    const found = await Promise.all(
      chains.map(async (chain): Promise<OverlayObstacle[]> => {
        const { disk, kind, encrypted, transient } = chain;
        const job = await this.#jobOn(dom, chain, call);
        return [
          ...(job === null ? [] : [{ disk, kind: 'job', what: job } as const]),
          ...(encrypted ? [{ disk, kind: 'encrypted', what: 'by its definition' } as const] : []),
          ...(transient ? [{ disk, kind: 'transient', what: 'by its definition' } as const] : []),
          ...(kind === 'file' ? [] : [{ disk, kind: 'not-a-file', what: kind } as const]),
        ];
      }),
    );
    return found.flat();
  }

  async tops(domainId: string, call: Call = {}): Promise<ReadonlyMap<string, string>> {
    const chains = await this.#chains(await this.#need(domainId, call), call);
    return new Map(chains.flatMap(({ disk, files: [top] }) => (top === undefined ? [] : [[disk, top]])));
  }

  async ensureOverlays(domainId: string, orders: readonly OverlayOrder[], call: Call = {}): Promise<void> {
    const dom = await this.#need(domainId, call);
    const chains = await this.#chains(dom, call);
    const topOf = (disk: string): string | undefined => chains.find((one) => one.disk === disk)?.files[0];
    if (orders.every(({ disk, path }) => topOf(disk) === path)) return;
    for (const { disk, below } of orders) {
      const top = topOf(disk);
      if (top !== below) throw this.#elsewhere(disk, top, below);
    }
    if (!(await this.#runs(domainId, call)))
      throw this.#error('wrong-state', `domain ${domainId} does not run: its disks stand still`);
    const left = { paths: orders.map(({ path }) => path), released: new Set<string>() };
    await this.#removeFiles(domainId, left, call);
    const xmlDesc = overlayXml(
      orders,
      chains.map(({ disk }) => disk),
    );
    const patient = { ...call, deadlineMs: drainMs };
    await this.#connection.call('domainSnapshotCreateXml', { dom, xmlDesc, flags: snapshotFlags }, patient);
  }

  async ensureMerged(domainId: string, orders: readonly MergeOrder[], call: Call = {}): Promise<void> {
    const merged = new Set<string>();
    for (;;) {
      const chains = await this.#chains(await this.#need(domainId, call), call);
      const overlaid = orders.filter(({ disk, base, overlays }) => {
        const [top, ...below] = chains.find((one) => one.disk === disk)?.files ?? [];
        if (top === base) return false;
        if (top === undefined || !overlays.includes(top)) throw this.#elsewhere(disk, top, base);
        for (const path of [top, ...below]) merged.add(path);
        return true;
      });
      if (overlaid.length === 0) break;
      if (await this.#runs(domainId, call)) await this.#mergeRunning(domainId, overlaid, call);
      else
        await withPausedDomain(this.#connection, await this.#need(domainId, call), call, () =>
          this.#mergeRunning(domainId, overlaid, call),
        );
    }
    const paths = orders.flatMap(({ overlays }) => overlays);
    await this.#requireNotDefined(domainId, paths, call);
    await this.#removeFiles(domainId, { paths, released: merged }, call);
  }

  /** Of a domain that has a QEMU. Returns early when that ends on the way. */
  async #mergeRunning(domainId: string, orders: readonly MergeOrder[], call: Call): Promise<void> {
    for (const order of orders) {
      for (let begun = 0; await this.#runs(domainId, call); ) {
        const did = await this.#mergeStep(await this.#need(domainId, call), order, call);
        if (did === 'done') break;
        if (did === 'begun') begun += 1;
        if (begun > mostMerges) {
          const what = `the merge of disk ${order.disk} into ${order.base} ended ${mostMerges} times before it was done: see the room there, and QEMU's log of the domain`;
          throw this.#error('refused', what);
        }
        call.signal?.throwIfAborted();
        await new Promise((resolve) => {
          setTimeout(resolve, lookAgainMs);
        });
      }
    }
  }

  /** Begins the merge of one disk, waits on with it, or has the disk stand on its image again. */
  async #mergeStep(
    dom: DomainRef,
    { disk, base }: MergeOrder,
    call: Call,
  ): Promise<'done' | 'begun' | 'waits'> {
    const chain = (await this.#chains(dom, call)).find((one) => one.disk === disk);
    if (chain === undefined) throw this.#elsewhere(disk, undefined, base);
    if (chain.files[0] === base) return 'done';
    if (chain.mirror?.ready === true && chain.mirror.job === 'active-commit') {
      const pivot = { dom, path: disk, flags: BlockJobAbortFlag.pivot };
      await this.#connection.call('domainBlockJobAbort', pivot, { ...call, deadlineMs: drainMs });
      return 'waits';
    }
    if (chain.mirror !== null || (await this.#jobOn(dom, chain, call)) !== null) return 'waits';
    const commit = { dom, disk, base, top: null, bandwidth: 0n, flags: BlockCommitFlag.active };
    await this.#connection.call('domainBlockCommit', commit, call);
    return 'begun';
  }

  /** The definition that the next start takes must not name what is to be removed. */
  async #requireNotDefined(domainId: string, paths: readonly string[], call: Call): Promise<void> {
    const flags = DomainXmlFlag.secure | DomainXmlFlag.inactive;
    const chains = await this.#chains(await this.#need(domainId, call), call, flags);
    for (const { disk, files } of chains) {
      const named = files.find((file) => paths.includes(file));
      if (named === undefined) continue;
      const what = `disk ${disk} is merged, and the domain's definition still names ${named}: somebody changed it meanwhile; mend it (virsh edit)`;
      throw this.#error('wrong-state', what);
    }
  }

  /**
   * Removes overlays that no disk stands on any more. Where that was not seen here, QEMU itself is asked: a libvirtd that
   * ended in the middle of a change may not know what its QEMU writes to.
   */
  async #removeFiles(
    domainId: string,
    { paths, released }: { readonly paths: readonly string[]; readonly released: ReadonlySet<string> },
    call: Call,
  ): Promise<void> {
    const there: string[] = [];
    for (const path of paths) if ((await this.#storage.image(path, call)) !== null) there.push(path);
    const doubtful = there.filter((path) => !released.has(path));
    if (doubtful.length > 0 && (await this.#runs(domainId, call))) {
      const used = await filesInUse(this.#connection, await this.#need(domainId, call), call);
      const held = doubtful.find((path) => used.includes(path));
      if (held !== undefined) {
        const what = `the guest writes to ${held}, and libvirt does not know of it. Do not end the guest: merge the file by QEMU's own means (virsh qemu-monitor-command, block-commit)`;
        throw this.#error('wrong-state', what);
      }
    }
    for (const path of there) await this.#storage.ensureNoImage(path, call);
  }

  async #jobOn(dom: DomainRef, { disk, mirror }: DiskChain, call: Call): Promise<string | null> {
    if (mirror !== null) return mirror.job;
    try {
      const args = { dom, path: disk, flags: 0 };
      const { found, type } = await this.#connection.call('domainGetBlockJobInfo', args, call);
      if (!found) return null;
      return Object.entries(BlockJobType).find(([, number]) => number === type)?.[0] ?? 'unknown';
    } catch (error) {
      // A domain that does not run has no jobs.
      if (error instanceof HypervisorError && error.code === 'wrong-state') return null;
      throw error;
    }
  }

  async #chains(dom: DomainRef, call: Call, flags: number = DomainXmlFlag.secure): Promise<DiskChain[]> {
    const { xml } = await this.#connection.call('domainGetXmlDesc', { dom, flags }, call);
    return parse(this.#connection, () => readDiskChains(xml));
  }

  /** Whether the domain has a QEMU. */
  async #runs(id: string, call: Call): Promise<boolean> {
    const sight = await this.#domains.sight(id, call);
    if (sight.kind === 'unreachable') throw this.#error('unreachable', sight.reason);
    return sight.kind === 'present' && sight.state !== 'shutoff' && sight.state !== 'crashed';
  }

  async #need(uuid: string, call: Call): Promise<DomainRef> {
    return (await this.#connection.call('domainLookupByUuid', { uuid }, call)).dom;
  }

  #elsewhere(disk: string, top: string | undefined, wanted: string): HypervisorError {
    const message = `disk ${disk} stands on ${top ?? 'no file'}, and should on ${wanted}`;
    return this.#error('wrong-state', message);
  }

  #error(code: HypervisorError['code'], message: string): HypervisorError {
    return new HypervisorError(code, this.#connection.uri, `${this.#connection.uri}: ${message}`);
  }
}
