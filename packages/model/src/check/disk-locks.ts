import { type Check, type CheckInput, liveOnly } from './check-input.ts';
import { type Finding, passed, unsure, warned } from './finding.ts';

const code = 'disk-locks';

/**
 * On disks that both hosts see only a lock keeps a second copy of the guest from writing to them, should one be started
 * by mistake. Whether there is one was tried; that there is none stops no move.
 */
export const diskLocksCheck: Check = {
  code,
  about: 'a lock keeps a second copy of the guest from its shared disks',
  kinds: liveOnly,
  judge: (input) => {
    const findings = [...input.diskLocks.map(judgeDirectory), ...shareableDisks(input)];
    return findings.length > 0 ? findings : [passed(code, 'no disk is a file that both hosts write to')];
  },
};

function judgeDirectory({ directory, disks, hold }: CheckInput['diskLocks'][number]): Finding {
  const compared = { directory, disks: disks.join(', '), locks: hold };
  if (hold === true)
    return passed(code, `a second guest on the other host was refused an image of ${directory}`, compared);
  if (hold === null) {
    const remedy = 'See that libvirtd of both hosts answers and can start guests, then check again.';
    return unsure(code, `whether locks hold in ${directory} did not show`, compared, remedy);
  }
  const remedy =
    'Start this guest by Ferry alone. For a lock: a file system whose locks reach all hosts (NFSv4, GFS2, OCFS2, CephFS), or leases of libvirt (lock_manager = "lockd" in qemu.conf, file_lockspace_dir in qemu-lockd.conf on a shared directory).';
  return warned(
    code,
    `locks do not hold in ${directory}: a guest of the other host was given an image that one had. Nothing but Ferry keeps a second copy from starting on these disks`,
    compared,
    remedy,
  );
}

function shareableDisks({ domain, plan }: CheckInput): Finding[] {
  const kept = new Set(plan?.disks.filter(({ action }) => action === 'keep').map(({ target }) => target));
  const disks = domain?.disks.filter(
    ({ target, shareable, readOnly }) => shareable && !readOnly && kept.has(target),
  );
  return (disks ?? []).map(({ target, path }) =>
    warned(
      code,
      `disk ${target} is shareable, so QEMU locks it against nobody: nothing but Ferry keeps a second copy of the guest from it`,
      { disk: target, path, shareable: true },
      'Start this guest by Ferry alone; that guests write to the disk in turn is a matter between them.',
    ),
  );
}
