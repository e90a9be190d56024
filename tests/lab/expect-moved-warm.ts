import type { MigrationBody } from '@ferry/api';
import { baseContent, guestChecksum, type LabGuest } from '@ferry/lab';
import { expect } from 'vitest';
import { expectWritten } from './expect-written.ts';
import type { WarmWorld } from './warm-world.ts';

const mebibyte = 1024 * 1024;

/** What was so before the move, and must be after it. */
interface Before {
  /** The disks of the definition. */
  readonly disks: string;
  /** Records that the guest is known to have written. */
  readonly records: number;
}

/**
 * A small rest was copied while the guest was off. It runs on the target, on a disk of the same name with all that it wrote,
 * and nothing else is anywhere.
 */
export async function expectMovedWarm(
  world: WarmWorld,
  guest: LabGuest,
  { result, error, targetHost: to }: MigrationBody,
  { disks, records }: Before,
): Promise<void> {
  expect(error).toBeNull();
  const { bytesWhileRunning = 0, bytesWhileOff = null } = result?.warm ?? {};
  expect(bytesWhileRunning).toBeGreaterThan(96 * mebibyte);
  expect(bytesWhileOff).toBeLessThan(bytesWhileRunning / 4);
  const { lab } = world;
  expect(await lab.lab.runStates(guest.name)).toMatchObject([{ host: to, state: 'running' }]);
  expect(await world.disksOf(to, guest.name)).toBe(disks);
  expect(await world.filesOf(to, guest.name)).toEqual([guest.diskPath]);
  expect(await world.filesOf('compute11', guest.name)).toEqual([]);
  expect(await lab.defines('compute11', guest.name)).toBe(false);
  await expectWritten(lab.host(to), guest.diskPath, records);
  await guest.waitAlive();
  expect(await guest.diskChecksum()).toBe(guestChecksum(baseContent()));
}
