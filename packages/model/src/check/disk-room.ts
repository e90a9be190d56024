import { overlayRoom, spareRoomBytes } from '../copy/overlay-room.ts';
import { imagesToBring } from '../strategy/plan-transfer.ts';
import { targetPathOf } from '../strategy/transfer-plan.ts';
import { bothKinds, type Check, type CheckInput } from './check-input.ts';
import { type Finding, passed, refused, unsure, warned } from './finding.ts';
import { directoryOf, showBytes } from './show-values.ts';

const code = 'disk-room';

interface Need {
  allocationBytes: number;
  capacityBytes: number;
}

/**
 * Room on the target for all images that are brought, a directory at a time. What they take now must fit; what they
 * may grow to should.
 */
export const diskRoomCheck: Check = {
  code,
  about: 'the target has room for the disks that are copied',
  kinds: bothKinds,
  judge: ({ plan, planProblem, room, request }) => {
    if (plan === null) {
      const why = planProblem ?? 'the disks could not be judged';
      return [
        unsure(
          code,
          `it is not known what must be copied: ${why}`,
          {},
          'See that both hosts answer, then check again.',
        ),
      ];
    }
    const needs = new Map<string, Need>();
    for (const image of imagesToBring(plan.disks)) {
      if (image.toDevice === true) continue;
      const directory = directoryOf(targetPathOf(plan, image.path));
      const need = needs.get(directory) ?? { allocationBytes: 0, capacityBytes: 0 };
      need.allocationBytes += image.allocationBytes;
      need.capacityBytes += image.capacityBytes;
      needs.set(directory, need);
    }
    for (const [directory, bytes] of overlayRoom(plan)) {
      const need = needs.get(directory) ?? { allocationBytes: 0, capacityBytes: 0 };
      need.allocationBytes += bytes;
      needs.set(directory, { ...need, capacityBytes: Math.max(need.capacityBytes, need.allocationBytes) });
    }
    if (needs.size === 0) return [passed(code, 'nothing is copied', { copyBytes: plan.copyBytes })];
    return [...needs].map(([directory, need]) =>
      judgeDirectory(
        directory,
        need,
        room.find((one) => one.directory === directory),
        // QEMU copies the disks of a guest that runs, and leaves nothing free.
        request.kind === 'cold-migration' ? spareRoomBytes : 0,
      ),
    );
  },
};

function judgeDirectory(
  directory: string,
  need: Need,
  room: CheckInput['room'][number] | undefined,
  keptFreeBytes: number,
): Finding {
  const claimedBytes = room?.claimedBytes ?? 0;
  const thereBytes = room?.availableBytes ?? null;
  const availableBytes = thereBytes === null ? null : Math.max(0, thereBytes - claimedBytes - keptFreeBytes);
  const compared = {
    directory,
    neededBytes: need.allocationBytes,
    mayGrowToBytes: need.capacityBytes,
    availableBytes: thereBytes,
    claimedBytes,
    ...(keptFreeBytes > 0 && { keptFreeBytes }),
  };
  if (room?.present === false) {
    return refused(code, `the target has no ${directory}`, compared, `Make ${directory} on the target.`);
  }
  if (availableBytes === null) {
    const remedy = `Look at ${directory} on the target (df), then check again.`;
    return unsure(code, `the target did not tell the room in ${directory}`, compared, remedy);
  }
  const numbers = `${directory}: ${showBytes(need.allocationBytes)} are needed, ${showBytes(availableBytes)} are free${claimedBytes === 0 ? '' : ` beside what migrations under way have claimed (${showBytes(claimedBytes)})`}${keptFreeBytes === 0 ? '' : ` beside the ${showBytes(keptFreeBytes)} that stay free`}`;
  if (availableBytes < need.allocationBytes) {
    return refused(
      code,
      `too little room in ${numbers}`,
      compared,
      'Make room there, or choose another host.',
    );
  }
  if (availableBytes < need.capacityBytes) {
    const remedy = 'Watch the room on the target, or make more.';
    return warned(
      code,
      `${numbers}; the disks may grow to ${showBytes(need.capacityBytes)}`,
      compared,
      remedy,
    );
  }
  return passed(code, numbers, compared);
}
