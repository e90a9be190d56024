import type { Owner, OwnershipFacts } from '../host/host-facts.ts';
import type { DiskFacts } from '../instance/domain-facts.ts';
import { bothKinds, type Check, type CheckInput } from './check-input.ts';
import { type Compared, type Finding, passed, refused, unsure, warned } from './finding.ts';
import { liveFacts } from './show-values.ts';

const code = 'qemu-owner';
const sameIds = 'Give QEMU the same uid and gid on both hosts (usermod -u, groupmod -g, restart libvirtd).';

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
    return [differing(input, compared)];
  },
};

function differing(input: CheckInput, compared: Compared): Finding {
  const ids = `QEMU runs as ${String(compared['source'])} on the source and ${String(compared['target'])} on the target`;
  const { plan, domain } = input;
  if (plan === null || domain === null)
    return unsure(code, `${ids}; it is not known whether a disk is shared`, compared, sameIds);
  const shared = sharedFiles(input);
  if (shared.length === 0)
    return passed(code, `${ids}; no file is shared, and copies are given to the target's`, compared);
  const { source, target } = input.ownership;
  const told = { ...compared, sourceOwnership: wordsOf(source), targetOwnership: wordsOf(target) };
  return input.request.kind === 'cold-migration'
    ? coldFinding(input, shared, ids, told)
    : liveFinding(input, shared, ids, told);
}

/** The guest is off: nobody uses the files but whoever starts it next. */
function coldFinding(input: CheckInput, shared: readonly DiskFacts[], ids: string, told: Compared): Finding {
  const { target } = input.ownership;
  const names = namesOf(shared);
  if (target === null) {
    return warned(
      code,
      `${ids}; libvirt must be able to give the shared ${names} to the other user`,
      told,
      sameIds,
    );
  }
  if (target.dynamic)
    return passed(code, `${ids}; the target's libvirt gives it ${names} at its start`, told);
  const closed = shared.filter((disk) => !opensTo(disk, liveFacts(input.target)?.qemuOwner ?? null));
  if (closed.length === 0) return passed(code, `${ids}; ${names} can be opened by the target's`, told);
  const remedy = `Let ${ownersOf(closed)} be opened by it (chown, or a common group and chmod 0660), or: ${sameIds}`;
  return refused(
    code,
    `${ids}; the target's libvirt leaves owners alone, and its QEMU cannot open ${namesOf(closed)}`,
    told,
    remedy,
  );
}

/** Both QEMUs have the files open at the switch-over. What libvirt 11.3 does then was measured for each combination. */
function liveFinding(input: CheckInput, shared: readonly DiskFacts[], ids: string, told: Compared): Finding {
  const { source, target } = input.ownership;
  const names = namesOf(shared);
  if (source === null || target === null)
    return refused(code, `${ids}, and both would open ${names}`, told, sameIds);
  if (target.dynamic || source.dynamic) {
    const harm =
      source.remembered && target.remembered
        ? 'libvirt would refuse it halfway'
        : 'libvirt would take them from the guest that runs';
    return refused(
      code,
      `${ids}, and libvirt changes owners (dynamic_ownership): of the shared ${names} ${harm}`,
      told,
      sameIds,
    );
  }
  const closed = shared.filter((disk) => !opensTo(disk, liveFacts(input.target)?.qemuOwner ?? null));
  if (closed.length === 0) return passed(code, `${ids}; ${names} can be opened by both`, told);
  const remedy = `Let ${ownersOf(closed)} be opened by both (a common group and chmod 0660), or: ${sameIds}`;
  return refused(code, `${ids}, and the target's cannot open ${namesOf(closed)}`, told, remedy);
}

function sharedFiles({ plan, domain }: CheckInput): DiskFacts[] {
  const kept = new Set(plan?.disks.filter((disk) => disk.action === 'keep').map((disk) => disk.target));
  return (domain?.disks ?? []).filter(
    (disk) => disk.kind === 'file' && disk.path !== null && kept.has(disk.target),
  );
}

/** Whether a process of that user and group may read and write the file, or read one that is read-only. */
function opensTo({ image, readOnly }: DiskFacts, user: Owner | null): boolean {
  const owner = image?.owner ?? null;
  if (owner === null || user === null) return false;
  const wanted = readOnly ? 0o4 : 0o6;
  const shift = owner.uid === user.uid ? 6 : owner.gid === user.gid ? 3 : 0;
  return ((owner.mode >> shift) & wanted) === wanted;
}

function namesOf(disks: readonly DiskFacts[]): string {
  return disks.map((disk) => disk.target).join(', ');
}

function ownersOf(disks: readonly DiskFacts[]): string {
  return disks
    .map(({ path, image }) => {
      const owner = image?.owner ?? null;
      const now =
        owner === null ? '' : ` (${owner.uid}:${owner.gid} ${owner.mode.toString(8).padStart(4, '0')})`;
      return `${path ?? ''}${now}`;
    })
    .join(', ');
}

function wordsOf(ownership: OwnershipFacts | null): string | null {
  if (ownership === null) return null;
  if (!ownership.dynamic) return 'left alone';
  return ownership.remembered ? 'changed and given back' : 'changed, then given to root';
}
