import { drift, type Drift, type Instance } from '@ferry/model';
import type { InstanceOutline } from '../store/instances/instance-store.ts';
import type { Services } from '../operations/engine/services.ts';
import { FirstLooks, type HostLook } from './first-looks.ts';
import { reconcileDrift, tellsAnyway } from './reconcile-drift.ts';

/** So many instances are looked at more closely at the same time. */
const atOnce = 8;

/** So many are read at a time. */
const eachReading = 200;

/** An instance that is not simply as it is recorded, and what the first look finds of it. */
interface Suspect {
  readonly instance: Instance;
  /** Hosts that may have it, by the record. */
  readonly hadIt: ReadonlySet<string>;
  readonly first: Drift;
}

/**
 * Compares what hosts showed with the record of each instance that no operation holds, and settles what differs. Two that
 * run come first: they are the only ones that get worse by waiting. `outlines`: what was recorded before the look.
 * `owed`: ids of those for which a clean-up is still to be done.
 */
export async function findDrift(
  services: Services,
  outlines: readonly InstanceOutline[],
  looks: readonly HostLook[],
  owed: ReadonlySet<string>,
): Promise<void> {
  const shown = new FirstLooks(looks);
  const found: Suspect[] = [];
  const suspects = outlines.filter((outline) => !isOnRecord(outline, shown));
  for (let next = 0; next < suspects.length; next += eachReading)
    found.push(...(await readSuspects(services, suspects.slice(next, next + eachReading), shown, owed)));
  const queue = [
    ...found.filter(({ first }) => runsTwice(first)),
    ...found.filter(({ first }) => !runsTwice(first)),
  ];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      await reconcileOne(services, next, looks);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** All is well and written down already, as with nearly all in nearly every round: no more is read of it. */
function isOnRecord({ id, hostId, powerState, hasFault }: InstanceOutline, shown: FirstLooks): boolean {
  if (hasFault || shown.powerOn(hostId, id) !== powerState) return false;
  return drift({ hostId, powerState, fault: null }, shown.telling(id, hostId)).kind === 'as-recorded';
}

/** Each moment takes two copies that run further apart. */
function runsTwice(first: Drift): boolean {
  return first.kind === 'two-runners' || (first.kind === 'claimed' && first.runners.length > 0);
}

/** Those that are still as they were before the look: of the others the look may be too old. */
async function readSuspects(
  { store }: Services,
  outlines: readonly InstanceOutline[],
  shown: FirstLooks,
  owed: ReadonlySet<string>,
): Promise<Suspect[]> {
  const before = new Map(outlines.map((outline) => [outline.id, outline]));
  const instances = await store.instances.byIds([...before.keys()]);
  const had = await store.instances.hostsThatHad([...before.keys()]);
  return instances
    .filter((instance) => isAsBefore(instance, before.get(instance.id)))
    .map((instance) => {
      const hadIt = had.get(instance.id) ?? new Set<string>();
      return { instance, hadIt, first: drift(instance, shown.telling(instance.id, instance.hostId), hadIt) };
    })
    .filter(({ instance, first }) => !owed.has(instance.id) || tellsAnyway.has(first.kind));
}

function isAsBefore(instance: Instance, before: InstanceOutline | undefined): boolean {
  return (
    instance.operationId === null &&
    instance.generation === before?.generation &&
    instance.hostId === before.hostId &&
    instance.powerState === before.powerState &&
    (instance.fault !== null) === before.hasFault
  );
}

/** One that cannot be settled hides no other. */
async function reconcileOne(
  services: Services,
  { instance, hadIt, first }: Suspect,
  looks: readonly HostLook[],
): Promise<void> {
  try {
    await reconcileDrift(services, instance, hadIt, looks, first);
  } catch (error) {
    services.log.warn(
      { err: error, instance: instance.name },
      'drift could not be settled; it is tried again',
    );
  }
}
