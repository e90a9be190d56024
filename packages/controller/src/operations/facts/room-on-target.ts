import { dirname } from 'node:path';
import type { Call, HypervisorHost } from '@ferry/hypervisor';
import { type CheckInput, imagesToBring, targetPathOf, type TransferPlan } from '@ferry/model';
import { askHost } from './ask-host.ts';
import type { Services } from '../engine/services.ts';

/** The room of each directory into which files are brought, and what other moves have claimed of it; bytes. */
export async function roomOnTarget(
  services: Pick<Services, 'log' | 'store'>,
  target: { readonly hostId: string; readonly host: HypervisorHost },
  plan: TransferPlan,
  call: Call,
): Promise<CheckInput['room']> {
  const paths = imagesToBring(plan.disks)
    .filter(({ toDevice }) => toDevice !== true)
    .map(({ path }) => targetPathOf(plan, path));
  const directories = [...new Set(paths.map((path) => dirname(path)))];
  const rooms = await Promise.all(
    directories.map(
      async (directory) => (await askHost(services, target.host.storage.room(directory, call))).value,
    ),
  );
  const claimed = await services.store.migrations.claimedRoom(target.hostId);
  return rooms
    .filter((room) => room !== null)
    .map((room) => ({ ...room, claimedBytes: claimed.get(room.directory) ?? 0 }));
}
