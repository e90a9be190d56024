import { overlayRoom } from '../copy/overlay-room.ts';
import { type Check, type CheckInput, coldOnly, type OverlayObstacle } from './check-input.ts';
import { type Finding, hostSilent, noted, passed, refused, unsure } from './finding.ts';
import { showBytes } from './show-values.ts';

const code = 'warm-ready';

/** Whether the bulk can be copied while the guest runs, where somebody asked for it. */
export const warmReadyCheck: Check = {
  code,
  about: 'the disks can be copied while the guest runs, where that is asked for',
  kinds: coldOnly,
  judge: (input) => {
    const { request, domain, plan } = input;
    if (!request.warm) return [passed(code, 'nobody asked for a copy while the guest runs', { warm: false })];
    if (domain === null) return [hostSilent(code, 'source', 'whether the guest runs')];
    const compared = { warm: true, power: domain.power };
    if (domain.power !== 'running')
      return [noted(code, `it is ${domain.power}: its files are copied once, as without --warm`, compared)];
    if (plan !== null && plan.warm === null)
      return [noted(code, 'no disk that it writes to is copied: --warm changes nothing', compared)];
    const problems = [...records(input), ...disks(input)];
    if (problems.length > 0) return problems;
    return [...room(input)];
  },
};

/** libvirt keeps a bitmap for each checkpoint in the image that is written to: an overlay and its merging would spoil them. */
function records({ domain, instance }: CheckInput): Finding[] {
  if (domain === null) return [];
  const { checkpoints } = domain.extras;
  const found: Finding[] = [];
  if (checkpoints.length > 0) {
    const what = `"${instance.name}" has checkpoints (${checkpoints.join(', ')}), whose bitmaps an overlay would spoil`;
    const remedy =
      'Migrate it without --warm, which carries them, or delete them first (virsh checkpoint-delete).';
    found.push(refused(code, what, { checkpoints: checkpoints.length }, remedy));
  }
  if (!domain.persistent) {
    const what = `"${instance.name}" is defined only as long as it runs, and could not be powered off and started again`;
    found.push(refused(code, what, { persistent: false }, 'Define it first (virsh dumpxml, virsh define).'));
  }
  return found;
}

function disks({ warm, plan }: CheckInput): Finding[] {
  if (warm === null) return [hostSilent(code, 'source', 'what runs on the disks')];
  return warm.obstacles.filter(({ disk }) => plan?.warm?.includes(disk) !== false).map(obstacleFinding);
}

function obstacleFinding({ disk, kind, what }: OverlayObstacle): Finding {
  const compared = { disk, obstacle: kind, what };
  switch (kind) {
    case 'job': {
      const remedy = `Wait for its end (virsh blockjob DOMAIN ${disk} --info) or end it (--abort), or migrate without --warm.`;
      return refused(code, `libvirt runs a job on disk ${disk}: ${what}`, compared, remedy);
    }
    case 'encrypted': {
      const remedy = 'Migrate it without --warm.';
      return refused(
        code,
        `disk ${disk} is encrypted (${what}), and its overlay would not be`,
        compared,
        remedy,
      );
    }
    case 'transient': {
      const remedy = 'Migrate it without --warm.';
      return refused(code, `disk ${disk} is transient: libvirt gives it no overlay`, compared, remedy);
    }
    case 'not-a-file': {
      const remedy = 'Migrate it without --warm, or name the disk by the path of its file in the definition.';
      return refused(code, `disk ${disk} is named as a ${what}, not as a file`, compared, remedy);
    }
  }
}

/** On the source; the target's room is counted with that for the disks. */
function room({ plan, warm }: CheckInput): Finding[] {
  return [...overlayRoom(plan)].map(([directory, neededBytes]) => {
    const found = warm?.room.find((one) => one.directory === directory);
    const { availableBytes = null, claimedBytes = 0 } = found ?? {};
    const compared = { directory, neededBytes, availableBytes, claimedBytes };
    if (availableBytes === null) {
      const remedy = `Look at ${directory} on the source (df), then check again.`;
      return unsure(code, `the source did not tell the room in ${directory}`, compared, remedy);
    }
    const others =
      claimedBytes === 0 ? '' : ` (${showBytes(claimedBytes)} of them for other warm moves under way)`;
    const numbers = `${directory} on the source: ${showBytes(availableBytes)} are free${others}, ${showBytes(neededBytes)} are wanted for what the guest writes meanwhile`;
    if (availableBytes - claimedBytes < neededBytes) {
      const remedy = 'Make room there, or migrate it without --warm, which needs none on the source.';
      return refused(code, `too little room in ${numbers}`, compared, remedy);
    }
    return passed(code, numbers, compared);
  });
}
