import type { Call, HypervisorHost } from '@ferry/hypervisor';
import { type CheckInput, type DomainFacts, overlayRoom, type TransferPlan } from '@ferry/model';

/** What copying while the guest runs takes to know of the source: what is on its disks, and the room for overlays. */
export async function inspectWarm(
  source: HypervisorHost,
  domain: DomainFacts,
  plan: TransferPlan,
  call: Call,
): Promise<NonNullable<CheckInput['warm']>> {
  const [obstacles, room] = await Promise.all([
    source.overlays.obstacles(domain.id, call),
    Promise.all(Array.from(overlayRoom(plan).keys(), (directory) => source.storage.room(directory, call))),
  ]);
  return { obstacles, room };
}
