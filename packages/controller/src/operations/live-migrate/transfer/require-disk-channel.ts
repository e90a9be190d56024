import type { PeerAddress } from '@ferry/hypervisor';
import { type MoveContext, setPhase, sourceOf } from '../../context/move-context.ts';

/**
 * Sees that the source gets an answer from where the target waits for the disks, with a hypervisor that no guest runs in.
 * QEMU stands still with its guest while it connects there, and where nothing comes back (a firewall that drops, a link
 * that is down) it does so until the kernel gives up, after more than two minutes. Throws when it is silent.
 */
export async function requireDiskChannel(context: MoveContext, disksAt: PeerAddress | null): Promise<void> {
  if (disksAt === null) return;
  const { source, target } = context.input;
  const deadlineMs = context.services.limits.prepareMs;
  await setPhase(context, `prepare: ${source.name} tries the way to ${target.name}`);
  const call = { signal: context.signal, deadlineMs };
  if (!(await sourceOf(context).trials.isSilent(disksAt, call))) return;
  const { host, port } = disksAt;
  throw new Error(
    `${source.name} got no answer from ${host}:${port} within ${deadlineMs} ms, where ${target.name} waits for the disks; let the hosts reach each other's migration ports (migration_port_min to migration_port_max of qemu.conf, 49152 to 49215 unless set otherwise), or see to the link between them.`,
  );
}
