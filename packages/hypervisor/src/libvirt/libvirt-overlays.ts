import { posix } from 'node:path';
import { type DomainRef, SnapshotCreateFlag } from '@ferry/libvirt';
import { type OverlayObstacle, qcow2HeaderBytes, qcow2Mapping } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import type { HostOverlays, MergeOrder, OverlayOrder } from '../contract/host-disks.ts';
import type { FilePiece } from '../contract/host-storage.ts';
import { type DiskChain, overlayXml } from '../xml/overlay-xml.ts';
import { DomainDisks } from './domain-disks.ts';
import type { HostConnection } from './host-connection.ts';
import type { LibvirtDomains } from './libvirt-domains.ts';
import type { LibvirtStorage } from './libvirt-storage.ts';
import { mergeOverlays, overlaidAmong } from './merge-overlays.ts';
import { HypervisorError } from '../contract/errors.ts';

/** A snapshot waits for what the guest has under way. */
const drainMs = 120_000;
const snapshotFlags = SnapshotCreateFlag.diskOnly | SnapshotCreateFlag.atomic | SnapshotCreateFlag.noMetadata;
/** Maps 512 TiB: more is not read at once from what a host may say. */
const mostMappingBytes = 8 * 1024 * 1024;
const none: ReadonlySet<string> = new Set();

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
    const disks = this.#disksOf(domainId, call);
    const chains = await disks.now();
    const found = await Promise.all(
      chains.map(async (chain) => obstaclesOn(chain, await disks.jobOn(chain))),
    );
    return found.flat();
  }

  async tops(domainId: string, call: Call = {}): Promise<ReadonlyMap<string, string>> {
    const chains = await this.#disksOf(domainId, call).now();
    return new Map(chains.flatMap(({ disk, files: [top] }) => (top === undefined ? [] : [[disk, top]])));
  }

  async life(domainId: string, call: Call = {}): Promise<string | null> {
    const { id } = await this.#disksOf(domainId, call).ref();
    return id < 0 ? null : String(id);
  }

  async holdsNothing(path: string, call: Call = {}): Promise<boolean> {
    if ((await this.#storage.image(path, call)) === null) return true;
    const first = { offsetBytes: 0, lengthBytes: qcow2HeaderBytes };
    const mapping = qcow2Mapping(await this.#read(path, first, call));
    if (mapping === null || mapping.lengthBytes > mostMappingBytes) return false;
    const bytes = await this.#read(path, mapping, call);
    return bytes.length === mapping.lengthBytes && bytes.every((byte) => byte === 0);
  }

  async #read(path: string, piece: FilePiece, call: Call): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const chunk of this.#storage.readImage(path, call, piece))
      parts.push(chunk.kind === 'data' ? Buffer.from(chunk.bytes) : Buffer.alloc(chunk.lengthBytes));
    return Buffer.concat(parts);
  }

  async ensureOverlays(domainId: string, orders: readonly OverlayOrder[], call: Call = {}): Promise<void> {
    const disks = this.#disksOf(domainId, call);
    const chains = await disks.now();
    const topOf = (disk: string): string | undefined => chains.find((one) => one.disk === disk)?.files[0];
    if (orders.every(({ disk, path }) => topOf(disk) === path)) return;
    for (const { disk, below } of orders) {
      const top = topOf(disk);
      if (top !== below) throw disks.elsewhere(disk, top, below);
    }
    if (!(await disks.run()))
      throw disks.error('wrong-state', `domain ${domainId} does not run: its disks stand still`);
    const paths = orders.map(({ path }) => path);
    await this.#removeFiles(disks, paths, none);
    const names = chains.map(({ disk }) => disk);
    const args = { dom: await disks.ref(), xmlDesc: overlayXml(orders, names), flags: snapshotFlags };
    await this.#connection.call('domainSnapshotCreateXml', args, { ...call, deadlineMs: drainMs });
  }

  async ensureMerged(domainId: string, orders: readonly MergeOrder[], call: Call = {}): Promise<void> {
    const disks = this.#disksOf(domainId, call);
    // Before any of them is: one that stands on something else is for a person to look at.
    overlaidAmong(disks, await disks.now(), orders);
    // Each disk's are removed before the next one's are merged: whoever is cut off finds as few as can be that are merged and there.
    for (const order of orders) await this.#mergeOne(disks, order);
  }

  async #mergeOne(disks: DomainDisks, order: MergeOrder): Promise<void> {
    const merged = await mergeOverlays(disks, [order]);
    const paths = order.overlays;
    for (const { disk, files } of await disks.defined()) {
      const named = files.find((file) => paths.includes(file));
      if (named === undefined) continue;
      const what = `disk ${disk} is merged, and the domain's definition still names ${named}: somebody changed it meanwhile; mend it (virsh edit)`;
      throw disks.error('wrong-state', what);
    }
    await this.#removeFiles(disks, paths, merged);
  }

  /**
   * Removes overlays that no disk stands on any more. Where that was not seen here, QEMU itself is asked: a libvirtd that
   * ended in the middle of a change may not know what its QEMU writes to.
   */
  async #removeFiles(
    disks: DomainDisks,
    paths: readonly string[],
    released: ReadonlySet<string>,
  ): Promise<void> {
    const { call } = disks;
    const there: string[] = [];
    for (const path of paths) if ((await this.#storage.image(path, call)) !== null) there.push(path);
    const doubtful = there.filter((path) => !released.has(path));
    if (doubtful.length > 0 && (await disks.run())) {
      const used = await filesInUse(this.#connection, await disks.ref(), call);
      const held = doubtful.find((path) => used.includes(path));
      if (held !== undefined) {
        const what = `the guest writes to ${held}, and libvirt does not know of it. Do not end the guest: merge the file by QEMU's own means (virsh qemu-monitor-command, block-commit)`;
        throw disks.error('wrong-state', what);
      }
    }
    for (const path of there) await this.#storage.ensureNoImage(path, call);
  }

  #disksOf(domainId: string, call: Call): DomainDisks {
    return new DomainDisks(this.#connection, this.#domains, domainId, call);
  }
}

function obstaclesOn(chain: DiskChain, job: string | null): OverlayObstacle[] {
  const { disk, kind, encrypted, transient, files } = chain;
  const [top = '/'] = files;
  const what = 'by its definition';
  return [
    ...(job === null ? [] : [{ disk, kind: 'job', what: job } as const]),
    ...(encrypted ? [{ disk, kind: 'encrypted', what } as const] : []),
    ...(transient ? [{ disk, kind: 'transient', what } as const] : []),
    ...(kind === 'file' ? [] : [{ disk, kind: 'not-a-file', what: kind } as const]),
    // It would not be found again by comparing.
    ...(posix.normalize(top) === top
      ? []
      : [{ disk, kind: 'not-a-file', what: `path with detours (${top})` } as const]),
  ];
}

/**
 * Files that a running domain's QEMU has open as disks, by QEMU's own word (QMP `query-named-block-nodes`). libvirt marks a
 * domain whose QEMU was asked directly (tainted, "custom-monitor"): only for what libvirt cannot tell.
 */
async function filesInUse(host: HostConnection, dom: DomainRef, call: Call): Promise<readonly string[]> {
  const command = { execute: 'query-named-block-nodes', arguments: { flat: true } };
  const args = { dom, cmd: JSON.stringify(command), flags: 0 };
  const { result } = await host.call('qemuDomainMonitorCommand', args, call);
  const answer: unknown = JSON.parse(result);
  if (typeof answer !== 'object' || answer === null || !('return' in answer) || !Array.isArray(answer.return))
    throw new HypervisorError('refused', host.uri, `${host.uri}: QEMU did not tell its disks: ${result}`);
  return answer.return.map((node: { file?: unknown }) => String(node.file));
}
