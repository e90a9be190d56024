import { type Call, type FilePiece, type HostStorage, SparseDigest } from '@ferry/hypervisor';
import { targetPathOf } from '@ferry/model';
import { type MoveContext, targetOf } from '../../context/move-context.ts';
import { movesUnderWay } from '../../context/moves-under-way.ts';
import { StepError } from '../../engine/step-error.ts';
import { usersOfDevice } from './users-of-device.ts';

const mebibyte = 1024 * 1024;
const between = 14;
const betweenBytes = 64 * 1024;

/**
 * Pieces of a device that are looked at in place of all of it: the first and the last mebibyte, where partition tables and the
 * marks of file systems, volume groups and images are, and some in between.
 */
export function deviceSamples(capacityBytes: number): FilePiece[] {
  if (capacityBytes <= 4 * mebibyte) return [{ offsetBytes: 0, lengthBytes: capacityBytes }];
  const inner = Array.from({ length: between }, (_, number) => {
    const at = Math.floor((capacityBytes * (number + 1)) / (between + 1));
    const offsetBytes = Math.min(at - (at % betweenBytes), capacityBytes - betweenBytes);
    return { offsetBytes, lengthBytes: betweenBytes };
  });
  return [
    { offsetBytes: 0, lengthBytes: mebibyte },
    ...inner,
    { offsetBytes: capacityBytes - mebibyte, lengthBytes: mebibyte },
  ];
}

/** Whether nothing is on a device, as far as samples tell: only zeros, where anything in use has its marks. */
export async function isBlank(
  storage: HostStorage,
  path: string,
  capacityBytes: number,
  call: Call,
): Promise<boolean> {
  for (const piece of deviceSamples(capacityBytes)) {
    const zeros = new SparseDigest();
    zeros.add({ kind: 'hole', lengthBytes: piece.lengthBytes });
    if ((await storage.digest(path, call, piece)) !== zeros.end()) return false;
  }
  return true;
}

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
