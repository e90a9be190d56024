import { sourceOf } from '../../../context/move-context.ts';
import { liveOptions } from '../live-options.ts';
import type { StandsStillKnown } from '../stands-still.ts';
import type { TransferLoop } from '../transfer-loop.ts';

/**
 * Shared disks: the two libvirtds do it among themselves and go on when the controller dies. QEMU's image lock keeps a
 * second copy from running. A target that does not answer is waited for only until the deadline for getting ready; the call
 * is not ended then, as that would tell libvirt nothing: its job is aborted.
 */
export async function sendToPeer(context: StandsStillKnown, loop: TransferLoop): Promise<void> {
  const options = { ...liveOptions(context), targetPeerUri: context.input.target.peerUri };
  await loop.follow(() => sourceOf(context).migration.migrateToPeer(options, { signal: context.signal }));
}
