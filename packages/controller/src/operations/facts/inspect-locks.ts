import { basename, dirname, join } from 'node:path';
import type { Call, HypervisorHost } from '@ferry/hypervisor';
import { type CheckInput, type DomainFacts, targetPathOf, type TransferPlan } from '@ferry/model';
import type { ExpiringCache } from '../engine/expiring-cache.ts';

/** The two hosts of a move, and what was found of their directories a while ago. */
interface Sites {
  readonly source: HypervisorHost;
  readonly target: HypervisorHost;
  readonly known: ExpiringCache<boolean>;
}

/**
 * Finds out for each directory in which both hosts write to disks of a guest whether a lock keeps one out while the other
 * has an image: with an image and guests of Ferry's own, so that the guest's are not touched.
 */
export function inspectLocks(
  { source, target, known }: Sites,
  domain: DomainFacts,
  plan: TransferPlan,
  call: Call,
): Promise<CheckInput['diskLocks']> {
  const directories = Map.groupBy(sharedFiles(domain, plan), ({ path }) =>
    JSON.stringify([dirname(path), dirname(targetPathOf(plan, path))]),
  );
  return Promise.all(
    [...directories].map(async ([pair, files]) => {
      const [here = '', there = ''] = JSON.parse(pair) as string[];
      const hold = await known.of(JSON.stringify([source.uri, target.uri, pair]), () =>
        // Where it cannot be tried it did not show: the check says so.
        lockHolds(source, here, target, there, call).catch(() => null),
      );
      return { directory: here, disks: files.map((file) => file.target), hold };
    }),
  );
}

/** What is refused while another has it, and is not when nobody has: that was a lock, whatever the words of the refusal. */
async function lockHolds(
  source: HypervisorHost,
  here: string,
  target: HypervisorHost,
  there: string,
  call: Call,
): Promise<boolean | null> {
  const { held, free } = await source.trials.whileImageLocked(
    here,
    (path) => target.trials.refusalToWrite(join(there, basename(path)), call),
    call,
  );
  if (held === null) return false;
  return free === null ? true : null;
}

/** Files that stay where they are and that the guest writes to alone. */
function sharedFiles(domain: DomainFacts, plan: TransferPlan): { target: string; path: string }[] {
  return plan.disks.flatMap(({ action, target, path }) => {
    const disk = domain.disks.find((one) => one.target === target);
    const isOwn = disk?.kind === 'file' && !disk.readOnly && !disk.shareable;
    return action === 'keep' && path !== null && isOwn ? [{ target, path }] : [];
  });
}
