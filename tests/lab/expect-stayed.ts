import type { LabGuest } from '@ferry/lab';
import { expect } from 'vitest';
import { expectWritten } from './expect-written.ts';
import type { WarmWorld } from './warm-world.ts';

/** What was so before the move, and must be after it. */
interface Before {
  /** The disks of the definition. */
  readonly disks: string;
  /** Records that the guest is known to have written. */
  readonly records: number;
}

/** The guest runs at the source on the very disk that it had, with all that it wrote, and nothing is on the target. */
export async function expectStayed(
  world: WarmWorld,
  guest: LabGuest,
  to: string,
  { disks, records }: Before,
): Promise<void> {
  const { lab } = world;
  expect(await lab.lab.runStates(guest.name)).toMatchObject([{ host: 'compute11', state: 'running' }]);
  expect(await world.disksOf('compute11', guest.name)).toBe(disks);
  expect(await world.filesOf('compute11', guest.name)).toEqual([guest.diskPath]);
  expect(await world.filesOf(to, guest.name)).toEqual([]);
  expect(await lab.defines(to, guest.name)).toBe(false);
  await expectWritten(world.source, guest.diskPath, records);
  expect(await lab.client.instance(guest.name)).toMatchObject({ host: 'compute11', migrationId: null });
  await guest.waitAlive();
}
