import { type PlanObstacle, targetPathOf, type TransferPlan } from '../strategy/transfer-plan.ts';
import { bothKinds, type Check, type CheckInput } from './check-input.ts';
import { type Finding, noted, passed, refused, unsure } from './finding.ts';

const code = 'storage-present';

/** Every disk is there on the target or can be brought without overwriting anything. */
export const storagePresentCheck: Check = {
  code,
  about: "the guest's disks are present on the target or can be brought",
  kinds: bothKinds,
  judge: disks,
};

function disks({ plan, planProblem }: CheckInput): Finding[] {
  if (plan === null) {
    const why = planProblem ?? 'a host did not answer';
    return [
      unsure(
        code,
        `the disks could not be judged: ${why}`,
        {},
        'See that both hosts answer, then check again.',
      ),
    ];
  }
  const stuck = new Set(plan.obstacles.map((obstacle) => obstacle.target));
  const fine = plan.disks
    .filter((disk) => !stuck.has(disk.target))
    .map((disk) => {
      const there = disk.path === null ? null : targetPathOf(plan, disk.path);
      const elsewhere = there === disk.path ? {} : { targetPath: there };
      const compared = { disk: disk.target, path: disk.path, ...elsewhere, action: disk.action };
      const where = there === disk.path ? '' : ` to ${there}`;
      const what = disk.action === 'keep' ? 'needs no copy' : `will be copied${where}`;
      return passed(code, `disk ${disk.target} ${what}: ${disk.because}`, compared);
    });
  const sent = (plan.sent ?? []).map(({ target, path, because }) =>
    passed(code, `${target} is sent with the guest, and its file goes from the source: ${because}`, {
      disk: target,
      path,
      action: 'send',
    }),
  );
  const found = [
    ...plan.obstacles.map((one) => obstacleFinding(one, plan)),
    ...fine,
    ...sent.filter(({ compared }) => !stuck.has(String(compared['disk']))),
    ...basesOnTheirWay(plan),
    ...basesThatStay(plan),
  ];
  return found.length === 0 ? [passed(code, 'the guest has no disks', { disks: 0 })] : found;
}

/** What disks stand on is copied, and not taken away: others may stand on it, or will. */
function basesThatStay({ disks: plans }: TransferPlan): Finding[] {
  const paths = new Set(
    plans.flatMap((disk) =>
      disk.action === 'copy'
        ? disk.backing.filter(({ action }) => action === 'bring').map(({ path }) => path)
        : [],
    ),
  );
  if (paths.size === 0) return [];
  const named = [...paths].join(', ');
  const what = `what its disks stand on is copied, and stays at the source as well (\`ferry image remove\`): ${named}`;
  return [noted(code, what, { paths: named })];
}

/** A base that another migration brings is not brought twice. */
function basesOnTheirWay({ disks: plans }: TransferPlan): Finding[] {
  const copied = plans.filter((disk) => disk.action === 'copy');
  const paths = new Set(
    copied.flatMap(({ backing }) =>
      backing.filter(({ action }) => action === 'await').map(({ path }) => path),
    ),
  );
  return Array.from(paths, (path) =>
    noted(code, `the base ${path} is on its way with another migration: it will be waited for`, { path }),
  );
}

function obstacleFinding(
  { kind, target, path, reason, digests }: PlanObstacle,
  plan: Pick<TransferPlan, 'targetPaths'>,
): Finding {
  const there = path === null ? null : targetPathOf(plan, path);
  const compared = {
    disk: target,
    path,
    ...(there !== path && { targetPath: there }),
    obstacle: kind,
    ...(reason !== undefined && { reason }),
  };
  const where = path ?? `the source of ${target}`;
  switch (kind) {
    case 'path-taken': {
      const remedy = `If it is a running migration's, wait for its end; if nothing needs it, move it away; or have this one stand elsewhere: --map-path ${where}=/OTHER. Ferry overwrites no file.`;
      const whose = reason === undefined ? '' : ` (${reason})`;
      return refused(
        code,
        `disk ${target}: another file stands at ${there ?? where} on the target${whose}`,
        compared,
        remedy,
      );
    }
    case 'link': {
      const remedy = `See where it leads on both hosts (readlink -f ${where}). Name the file itself in the guest, or put it where both see the same.`;
      const what = `disk ${target}: both hosts see the directory of ${where}, but the name leads to another file on the target, or to none`;
      return refused(code, what, compared, remedy);
    }
    case 'base-differs': {
      const remedy = `If nothing needs the target's, remove it: \`ferry image remove ${where} --host TARGET\`. Else give one of the two another name (qemu-img rebase -u for what stands on it). Ferry overwrites no file.`;
      const both = digests ?? { source: 'not known', target: 'not known' };
      return refused(
        code,
        `disk ${target}: the target has another base of the name ${where}: its digest is ${both.target}, the source's ${both.source}`,
        { ...compared, sourceDigest: both.source, targetDigest: both.target },
        remedy,
      );
    }
    case 'base-not-shared': {
      const remedy = `Put ${where} on the target too, with the same content.`;
      return refused(
        code,
        `disk ${target} is shared, but the target lacks its base ${where}`,
        compared,
        remedy,
      );
    }
    case 'unreachable': {
      const remedy =
        'Let the target reach the server (address, port, export, credentials), or choose another host.';
      return refused(
        code,
        `disk ${target}: the target cannot open ${where}: ${reason ?? ''}`,
        compared,
        remedy,
      );
    }
    case 'one-host': {
      const remedy = 'Name the server in the guest in a way that means the same on every host.';
      const what = `disk ${target}: ${reason ?? 'its server'} is another place on the target`;
      return refused(code, what, compared, remedy);
    }
    case 'no-device': {
      const remedy = `Say where to: --map-path ${where}=/dev/OTHER (blank, and large enough) or --map-path ${where}=/DIRECTORY/FILE; or --shared-device ${where} where both hosts have the same one.`;
      return refused(code, `disk ${target} is the block device ${where}: ${reason ?? ''}`, compared, remedy);
    }
    case 'device-taken': {
      const remedy = `Look what is on it (wipefs, blkid). If nothing needs it, make it blank (blkdiscard -z, or dd); where it is the same device as at the source, say so: --shared-device ${where}.`;
      const what = `disk ${target}: the device that ${where} is to be copied to is not blank, or somebody's (${reason ?? ''}). Ferry writes over nothing`;
      return refused(code, what, compared, remedy);
    }
    case 'device-small': {
      const remedy = 'Make it larger, or name another: --map-path.';
      return refused(
        code,
        `disk ${target}: it does not fit on the target's device: ${reason ?? ''}`,
        compared,
        remedy,
      );
    }
    case 'device-differs': {
      const remedy = `See which device it is there (lsblk -o +WWN,SERIAL) and name it: --map-path ${where}=/dev/OTHER.`;
      const what = `disk ${target}: ${where} was said to be the same on both hosts, by somebody or by itself, and is not: ${reason ?? ''}`;
      return refused(code, what, compared, remedy);
    }
    case 'image-missing': {
      const remedy = `Put the file back, or take disk ${target} out of the definition (virsh detach-disk --config, virsh change-media --eject).`;
      return refused(
        code,
        `disk ${target}: it is not whole at the source: ${reason ?? ''}`,
        compared,
        remedy,
      );
    }
    case 'encrypted-live': {
      const remedy = 'Migrate it cold, which copies it as it is, or put it on storage that both hosts see.';
      const what = `disk ${target} is encrypted, and cannot be copied while the guest runs`;
      return refused(code, what, compared, remedy);
    }
    case 'data-file': {
      const remedy =
        'Migrate it cold and to the same paths, or put both files on storage that both hosts see.';
      return refused(
        code,
        `disk ${target}: ${where} cannot come along so: ${reason ?? ''}`,
        compared,
        remedy,
      );
    }
    case 'inside-lost': {
      const remedy =
        'Migrate it cold, which copies the file as it is, or delete them first (qemu-img snapshot -d, qemu-img bitmap --remove).';
      const what = `disk ${target}: ${where} holds ${reason ?? ''} that only the file knows, and a live copy would lose them`;
      return refused(code, what, compared, remedy);
    }
    case 'several-files': {
      const remedy =
        'Make one file of it first (qemu-img convert), or put it on storage that both hosts see.';
      return refused(
        code,
        `disk ${target}: ${where} is made of several files, and Ferry copies one: ${reason ?? ''}`,
        compared,
        remedy,
      );
    }
    case 'shareable': {
      const remedy = `Put ${where} on storage that both hosts see: a copy would part it from the other guests that use it.`;
      const what = `disk ${target} is shareable, and the target does not see ${where}`;
      return refused(code, what, compared, remedy);
    }
    case 'unproven':
    default: {
      // Taken for shared and not so, the guest would run on another disk: what is not proven does not move.
      const remedy = `See whether both hosts reach the same ${where}, and that the directory is readable through libvirt. Where it is a block device that both have, say so: --shared-device ${where}; where it is the source's own, say where to copy it: --map-path ${where}=/OTHER. What is in /dev itself is not looked at: name it as in /dev/disk/by-id or /dev/mapper.`;
      return refused(
        code,
        `disk ${target}: nobody could tell whether the target sees the same ${where}`,
        compared,
        remedy,
      );
    }
  }
}
