import { BlockCommitFlag, BlockJobAbortFlag, CreateFlag, type DomainRef } from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import type { MergeOrder } from '../contract/host-disks.ts';
import type { DiskChain } from '../xml/overlay-xml.ts';
import type { DomainDisks } from './domain-disks.ts';
import type { HostConnection } from './host-connection.ts';

/**
 * Runs something while a domain that is off has its hypervisor, paused: the guest's processors do not run for a moment.
 * libvirt ends it with the connection that it was started on, so that it is off again also when the caller dies.
 */
async function withPausedDomain(
  host: HostConnection,
  dom: DomainRef,
  call: Call,
  work: () => Promise<void>,
): Promise<void> {
  const connection = await host.open(call);
  try {
    const flags = CreateFlag.paused | CreateFlag.autodestroy;
    let started: DomainRef;
    try {
      ({ dom: started } = await connection.call('domainCreateWithFlags', { dom, flags }, call));
    } catch (error) {
      throw host.errorOf(error);
    }
    try {
      await work();
    } finally {
      // One that cannot be ended now ends with its connection, below.
      await connection.call('domainDestroyFlags', { dom: started, flags: 0 }, call).catch(() => undefined);
    }
  } finally {
    await connection.close();
  }
}

/** The disks that stand on overlays now, with all that each stands on. Throws `wrong-state` where one stands on something else. */
export function overlaidAmong(
  disks: DomainDisks,
  chains: readonly DiskChain[],
  orders: readonly MergeOrder[],
): readonly (MergeOrder & Pick<DiskChain, 'files'>)[] {
  return orders.flatMap((order) => {
    const { disk, base, overlays } = order;
    const files = chains.find((one) => one.disk === disk)?.files ?? [];
    const [top] = files;
    if (top === base) return [];
    if (top === undefined || !overlays.includes(top)) throw disks.elsewhere(disk, top, base);
    return [{ ...order, files }];
  });
}

const lookAgainMs = 100;
/** A pivot waits for what the guest has under way. */
const drainMs = 120_000;
/** A merge that ends again and again has a reason that no further try takes away. */
const maxMerges = 3;

/**
 * Has disks stand on their own images again: by an active commit while the guest runs, or while it is paused for that alone.
 * Returns the files that they stood on meanwhile. Throws `wrong-state` where a disk stands on something else.
 */
export async function mergeOverlays(
  disks: DomainDisks,
  orders: readonly MergeOrder[],
): Promise<ReadonlySet<string>> {
  const merged = new Set<string>();
  for (;;) {
    const overlaid = overlaidAmong(disks, await disks.now(), orders);
    if (overlaid.length === 0) return merged;
    for (const path of overlaid.flatMap(({ files }) => files)) merged.add(path);
    if (await disks.run()) await mergeRunning(disks, overlaid);
    else
      await withPausedDomain(disks.connection, await disks.ref(), disks.call, () =>
        mergeRunning(disks, overlaid),
      );
  }
}

/** Of a domain that has a QEMU. Returns early when that ends on the way. */
async function mergeRunning(disks: DomainDisks, orders: readonly MergeOrder[]): Promise<void> {
  for (const order of orders) {
    for (let begun = 0; await disks.run(); ) {
      const did = await mergeStep(disks, order);
      if (did === 'done') break;
      if (did === 'begun') begun += 1;
      if (begun > maxMerges) {
        const what = `the merge of disk ${order.disk} into ${order.base} ended ${maxMerges} times before it was done: see the room there, and QEMU's log of the domain`;
        throw disks.error('refused', what);
      }
      disks.call.signal?.throwIfAborted();
      await new Promise((resolve) => {
        setTimeout(resolve, lookAgainMs);
      });
    }
  }
}

/** Begins the merge of one disk, waits on with it, or has the disk stand on its image again. */
async function mergeStep(
  disks: DomainDisks,
  { disk, base }: MergeOrder,
): Promise<'done' | 'begun' | 'waits'> {
  const chain = (await disks.now()).find((one) => one.disk === disk);
  if (chain === undefined) throw disks.elsewhere(disk, undefined, base);
  if (chain.files[0] === base) return 'done';
  const dom = await disks.ref();
  if (chain.mirror?.ready === true && chain.mirror.job === 'active-commit') {
    const pivot = { dom, path: disk, flags: BlockJobAbortFlag.pivot };
    await disks.connection.call('domainBlockJobAbort', pivot, { ...disks.call, deadlineMs: drainMs });
    return 'waits';
  }
  if ((await disks.jobOn(chain)) !== null) return 'waits';
  const commit = { dom, disk, base, top: null, bandwidth: 0n, flags: BlockCommitFlag.active };
  await disks.connection.call('domainBlockCommit', commit, disks.call);
  return 'begun';
}
