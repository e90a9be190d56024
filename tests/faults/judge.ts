import { heldInDatabase } from '@ferry/controller/fault-database';
import {
  baseContent,
  baseContentMib,
  type GuestAnswer,
  guestChecksum,
  type LabHost,
  until,
} from '@ferry/lab';
import { recordsOnDisk } from '../lab/guest-records-on-disk.ts';
import type { Cell } from './cells.ts';
import type { FaultWorld, Ready } from './fault-world.ts';
import { type BothHosts, differences, hostState } from './host-state.ts';

/** What was so when the move began. */
export interface Judged {
  readonly cell: Cell;
  readonly ready: Ready;
  readonly before: BothHosts;
  readonly life: GuestAnswer;
  /** A QEMU of the guest was killed: it may be that it runs nowhere now. */
  readonly struckDead: boolean;
}

const cleanMs = 10_000;
const aliveMs = 60_000;
const wantedSum = guestChecksum(baseContent());

/** Looks at both hosts, the guest, its disk and the database; gives each thing that is not as it should be. */
export async function judge(world: FaultWorld, one: Judged): Promise<string[]> {
  const { guest, source, target } = one.ready;
  const held = await heldInDatabase(world.where);
  const inDatabase = [
    ...held.openOperations.map((id) => `left in the database: the operation ${id}`),
    ...held.claims.map((id) => `left in the database: the claim of ${id}`),
    ...held.instances.map((name) => `left in the database: ${name} is held`),
  ];
  const instance = await world.client.instance(guest.name);
  const owner = world.lab.host(instance.host);
  const moved = owner === target;
  const runs = await world.lab.runners(guest.name);
  const where = runners(runs, owner, one);
  const dead = runs.length === 0;
  // One that was struck dead is started by a person here, so that its disk can be read and the next cell has it.
  if (dead)
    await owner
      .virsh('start', guest.name)
      .catch((error: unknown) => where.push(`it cannot be started on ${owner.name}: ${String(error)}`));
  const alive = await lives(one, dead);
  const disk = await diskOf(owner, one);
  const remains = await until('the hosts to be clean', cleanMs, async () => {
    const [atSource, atTarget] = await Promise.all([hostState(source), hostState(target)]);
    const found = differences(
      one.before,
      { source: atSource, target: atTarget },
      { moved, marks: marksOf(one.ready) },
    );
    return found.length === 0 ? found : null;
  }).catch(async () => {
    const [atSource, atTarget] = await Promise.all([hostState(source), hostState(target)]);
    return differences(
      one.before,
      { source: atSource, target: atTarget },
      { moved, marks: marksOf(one.ready) },
    );
  });
  return [...inDatabase, ...where, ...alive, ...disk, ...remains];
}

function runners(runs: readonly string[], owner: LabHost, { struckDead }: Judged): string[] {
  if (runs.length === 1 && runs[0] === owner.name) return [];
  if (runs.length === 0) return struckDead ? [] : [`it runs nowhere; the record says ${owner.name}`];
  return [`it runs on ${runs.join(' and ')}; the record says ${owner.name}`];
}

/** The guest answers, with whole memory, and is the same one where it never had to boot. */
async function lives({ cell, ready, life, struckDead }: Judged, started: boolean): Promise<string[]> {
  const { guest } = ready;
  const now = await guest.waitAlive(aliveMs).catch(() => null);
  if (now === null) return ['the guest does not answer'];
  const found = now.bad === 0 ? [] : [`${now.bad} pages of its memory are not what was written`];
  if (cell.move === 'cold' || struckDead || started) return found;
  if (now.id !== life.id) return [...found, 'the guest was booted anew'];
  return now.count > life.count ? found : [...found, 'its counter went back'];
}

/** Its disk holds what the base held, and all that the guest knew to be written. */
async function diskOf(owner: LabHost, { ready, life }: Judged): Promise<string[]> {
  const { guest } = ready;
  const sum = await guest.diskChecksum(baseContentMib).catch((error: unknown) => String(error));
  const found = sum === wantedSum ? [] : [`checksum of its disk: ${sum}, wanted ${wantedSum}`];
  const { unbroken, torn } = await recordsOnDisk(owner, guest.diskPath);
  if (unbroken < life.records) found.push(`records on its disk: ${unbroken}, it had written ${life.records}`);
  if (torn > 0) found.push(`torn pages on its disk: ${torn}`);
  return found;
}

const firstAddress = 140;

/** What the lines of a guest on its hosts hold. */
export function marksOf({ guest, group }: Pick<Ready, 'guest' | 'group'>): string[] {
  const number = Number(guest.address.split('.').at(-1)) - firstAddress;
  return [guest.name, guest.uuid, group, `interface tap${number}`];
}
