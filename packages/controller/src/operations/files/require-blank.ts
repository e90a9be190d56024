import { targetPathOf } from '@ferry/model';
import { type MoveContext, targetOf } from '../move/move-context.ts';
import { movesUnderWay } from '../move/moves-under-way.ts';
import { StepError } from '../engine/step-error.ts';
import { isBlank } from '../facts/devices/is-blank.ts';
import { usersOfDevice } from '../facts/devices/users-of-device.ts';

/** A device that is written over is still as blank as when the checks ran, and nobody else's. */
export async function requireBlank(context: MoveContext, path: string): Promise<void> {
  const { storage } = targetOf(context);
  const call = { signal: context.signal };
  const { name } = context.input.target;
  const refuse = (what: string): never => {
    throw new StepError('path-taken', `${name} ${what}.`);
  };
  const there = await storage.image(path, call);
  if (there === null) return refuse(`has no device ${path} any more`);
  if (!(await isBlank(storage, path, there.capacityBytes, call)))
    return refuse(`has the device ${path}, which is not blank any more`);
  const { user } = await usersOfDevice(targetOf(context), path, call);
  if (user !== null) return refuse(`has the domain ${user}, which the device ${path} belongs to`);
  const other = await earlierMove(context, path);
  if (other !== null) return refuse(`gets the device ${path} written by migration ${other}`);
}

/** A device has no name of its own that only one could make: of two moves that were given the same one, the earlier has it. */
async function earlierMove({ services, input }: MoveContext, path: string): Promise<string | null> {
  for (const { input: other } of await movesUnderWay(services.store.operations)) {
    if (other.migrationId === input.migrationId) return null;
    if (other.target.id !== input.target.id) continue;
    const writes = other.plan.disks.some(
      (disk) =>
        disk.action === 'copy' && disk.toDevice === true && targetPathOf(other.plan, disk.path) === path,
    );
    if (writes) return other.migrationId;
  }
  return null;
}
