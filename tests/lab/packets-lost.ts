import type { MoveBody } from '@ferry/api';
import type { LabGuest } from '@ferry/lab';
import type { LabWorld } from './lab-world.ts';

/** Moves a guest, and tells what is wrong after it: nothing when packets get through to it, from here and from the controller. */
export async function packetsLost(
  world: LabWorld,
  guest: LabGuest,
  kind: 'live' | 'cold',
  host: string,
  more: Partial<MoveBody> = {},
): Promise<string[]> {
  const before = await guest.waitAlive();
  const probe = `udp:${guest.address}:7000`;
  const migration = await world.moved(guest.name, kind, host, { probe, announce: true, ...more });
  const { answeredBefore, answeredAfter } = migration.result?.connectivity ?? {};
  const after = await guest.waitAlive();
  const runners = await world.lab.runners(guest.name);
  return [
    ...(migration.error === null && migration.phase === 'moved' ? [] : [JSON.stringify(migration)]),
    ...(answeredBefore === true ? [] : ['no answer to the controller before']),
    ...(answeredAfter === true ? [] : ['no answer to the controller after']),
    ...((before.id === after.id) === (kind === 'live') ? [] : ['another life']),
    ...(runners.join() === host ? [] : [`runs on ${runners.join()}`]),
  ];
}
