import type { Call, HypervisorHost } from '@ferry/hypervisor';
import {
  type CheckInput,
  type DomainFacts,
  type Migration,
  overlayRoom,
  type TransferPlan,
} from '@ferry/model';

/**
 * What copying while the guest runs takes to know of the source: what is on its disks, and the room for overlays beside
 * those of the other moves that leave it.
 */
export async function inspectWarm(
  source: HypervisorHost,
  domain: DomainFacts,
  plan: TransferPlan,
  leaving: readonly Migration[],
  call: Call,
): Promise<NonNullable<CheckInput['warm']>> {
  const [obstacles, room] = await Promise.all([
    source.overlays.obstacles(domain.id, call),
    Promise.all(
      Array.from(overlayRoom(plan).keys(), async (directory) => ({
        ...(await source.storage.room(directory, call)),
        claimedBytes: leaving.reduce((sum, one) => sum + (overlayRoom(one.plan).get(directory) ?? 0), 0),
      })),
    ),
  ]);
  return { obstacles, room };
}
