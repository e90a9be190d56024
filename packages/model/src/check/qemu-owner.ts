import type { DiskFacts } from '../instance/domain-facts.ts';
import { bothKinds } from './both-kinds.ts';
import type { Check, CheckInput } from './check-input.ts';
import type { Finding } from './finding.ts';
import { passed, refused, unsure, warned } from './make-finding.ts';
import { liveFacts } from './show-values.ts';

const code = 'qemu-owner';

/**
 * QEMU's user and group are the same on both hosts, where both open the same file. Copied files are given to the
 * target's own QEMU. With different ids a live move on shared disks is refused late or, with libvirt's default
 * settings, leaves the running guest's disk to root (measured on libvirt 11.3).
 */
export const qemuOwnerCheck: Check = {
  code,
  about: 'QEMU runs as the same user and group on both hosts',
  kinds: bothKinds,
  judge: (input) => {
    const source = liveFacts(input.source)?.qemuOwner ?? null;
    const target = liveFacts(input.target)?.qemuOwner ?? null;
    const compared = {
      source: source === null ? null : `${source.uid}:${source.gid}`,
      target: target === null ? null : `${target.uid}:${target.gid}`,
    };
    if (source === null || target === null) {
      const remedy = 'Compare `id libvirt-qemu` on both hosts.';
      return [unsure(code, 'a host did not tell which user its QEMU runs as', compared, remedy)];
    }
    if (source.uid === target.uid && source.gid === target.gid) {
      return [passed(code, `QEMU runs as ${compared.source ?? ''} on both hosts`, compared)];
    }
    return [differing(input, compared, source.gid === target.gid)];
  },
};

function differing(input: CheckInput, compared: Finding['compared'], sameGroup: boolean): Finding {
  const ids = `QEMU runs as ${String(compared['source'])} on the source and ${String(compared['target'])} on the target`;
  const remedy = 'Give QEMU the same uid and gid on both hosts (usermod -u, groupmod -g, restart libvirtd).';
  const { plan, domain } = input;
  if (plan === null || domain === null)
    return unsure(code, `${ids}; it is not known whether a disk is shared`, compared, remedy);
  const keptTargets = new Set(plan.disks.filter((disk) => disk.action === 'keep').map((disk) => disk.target));
  const shared = domain.disks.filter(
    (disk) => disk.kind === 'file' && disk.path !== null && keptTargets.has(disk.target),
  );
  if (shared.length === 0)
    return passed(code, `${ids}; no file is shared, and copies are given to the target's`, compared);
  const names = shared.map((disk) => disk.target).join(', ');
  if (input.request.kind === 'cold-migration') {
    return warned(
      code,
      `${ids}; libvirt must be able to give the shared ${names} to the other user`,
      compared,
      remedy,
    );
  }
  if (sameGroup && shared.every(groupMayWrite)) {
    return warned(
      code,
      `${ids}; the shared ${names} can be opened by the group if dynamic_ownership is off`,
      compared,
      remedy,
    );
  }
  return refused(code, `${ids}, and both would open ${names}`, compared, remedy);
}

function groupMayWrite(disk: DiskFacts): boolean {
  const mode = disk.image?.owner?.mode;
  // 0o060: read and write for the group.
  return mode !== undefined && (mode & 0o060) === 0o060;
}
