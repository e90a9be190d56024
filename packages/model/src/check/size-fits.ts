import { planResize, type ResizeObstacle } from '../strategy/plan-resize.ts';
import { type Check, coldOnly } from './check-input.ts';
import { type Finding, hostSilent, passed, refused, warned } from './finding.ts';
import { showBytes } from './show-values.ts';

const code = 'size-fits';

/** Whether the guest can have the size of the flavor that it is to get. */
export const sizeFitsCheck: Check = {
  code,
  about: 'the guest can have the size of its new flavor, where it is to get one',
  kinds: coldOnly,
  judge: ({ request, instance, domain, plan }) => {
    const flavor = request.resizeTo;
    if (flavor === null) return [passed(code, 'it keeps its size', { flavor: null })];
    const compared = {
      memoryBytes: instance.memoryBytes,
      vcpus: instance.vcpus,
      flavor: flavor.name,
      flavorMemoryMib: flavor.memoryMib,
      flavorVcpus: flavor.vcpus,
      flavorRootGib: flavor.rootGib,
    };
    if (!request.hold) {
      const remedy = 'Ask for it with "hold": it is then confirmed or reverted.';
      return [
        refused(code, 'a change of size can be reverted, so the source is to be kept', compared, remedy),
      ];
    }
    if (domain === null) return [hostSilent(code, 'source', 'the disks and the processors of the guest')];
    const from = { memoryBytes: instance.memoryBytes, vcpus: instance.vcpus, flavor: null };
    const { resize, obstacles } = planResize(domain, from, flavor);
    if (obstacles.length > 0) return obstacles.map((one) => obstacleFinding(one, compared));
    const { rootDisk } = resize;
    const shared =
      plan?.disks.some((disk) => disk.action === 'keep' && disk.path === rootDisk?.path) === true;
    if (rootDisk !== null && shared) {
      const what = `${rootDisk.path} is shared: it grows to ${showBytes(rootDisk.capacityBytes)} and stays so, also when the move is reverted`;
      return [warned(code, what, compared, 'Know that before you revert: disks are never made smaller.')];
    }
    return [passed(code, `it gets the size of flavor ${flavor.name}`, compared)];
  },
};

function obstacleFinding(obstacle: ResizeObstacle, compared: Finding['compared']): Finding {
  switch (obstacle.kind) {
    case 'disk-shrinks': {
      const { disk, hasBytes, toBytes } = obstacle;
      const what = `disk ${disk} has ${showBytes(hasBytes)} and would get ${showBytes(toBytes)}: disks are never made smaller`;
      return refused(
        code,
        what,
        { ...compared, hasBytes, toBytes },
        'Choose a flavor with a larger root disk.',
      );
    }
    case 'disk-fixed': {
      const what = `disk ${obstacle.disk} cannot be made larger by Ferry: it is no image file whose size is known`;
      const remedy = 'Choose a flavor with a root disk of 0, and make the disk larger where it is kept.';
      return refused(code, what, compared, remedy);
    }
    case 'numa': {
      const what = 'the guest has NUMA cells of its own, which another size would not fit';
      return refused(code, what, compared, 'Change its definition by hand while it is off.');
    }
  }
}
