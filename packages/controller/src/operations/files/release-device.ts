import type { Call, HostStorage } from '@ferry/hypervisor';
import { type MoveContext, targetOf } from '../context/move-context.ts';
import { deviceSamples } from '../facts/devices/blank-device.ts';
import { usersOfDevice } from '../facts/devices/users-of-device.ts';

/**
 * Blanks a device of the target that this migration wrote to, unless a domain names it: a clean-up can wait for its host for
 * long, and somebody may have given the device away meanwhile. Then it is left as it is.
 */
export async function releaseDevice(context: MoveContext, path: string): Promise<void> {
  const call = { signal: context.signal };
  const target = targetOf(context);
  const users = await usersOfDevice(target, path, call);
  const user = users.user ?? users.unread;
  if (user === null) return blankDevice(target.storage, path, call);
  const { log } = context.services;
  const { migrationId, target: host } = context.input;
  log.warn(
    { migration: migrationId, host: host.name, path, domain: user },
    'a device belongs to a domain by now, and is left as it is',
  );
}

/**
 * Makes a device look as blank as it did before it was written to, where anybody looks for what is on it. What was written
 * elsewhere stays: to overwrite all of a large device takes as long as the copy did. A device that is gone is fine.
 */
async function blankDevice(storage: HostStorage, path: string, call: Call): Promise<void> {
  const there = await storage.image(path, call);
  if (there === null) return;
  for (const piece of deviceSamples(there.capacityBytes))
    await storage.writeImage(path, piece, zeros(piece.lengthBytes), call);
}

async function* zeros(
  lengthBytes: number,
): AsyncGenerator<{ readonly kind: 'data'; readonly bytes: Uint8Array }> {
  yield await Promise.resolve({ kind: 'data', bytes: new Uint8Array(lengthBytes) });
}
