import { storageSettings } from '../host/host.ts';
import { namedFiles } from '../domain-elements/element-questions.ts';
import { mappedPath } from '../storage/allowed-directories.ts';
import { bothKinds, type Check, type CheckInput } from './check-input.ts';
import { type Finding, passed, refused, warned } from './finding.ts';

const code = 'storage-mapped';

/** Where files stand elsewhere on the target, nothing that names them stays behind. */
export const storageMappedCheck: Check = {
  code,
  about: 'files that stand elsewhere on the target are named so by all that names them',
  kinds: bothKinds,
  judge: (input) => {
    const moved = Object.entries(input.plan?.targetPaths ?? {});
    const findings = [...slips(input), ...collisions(moved), ...recordsLeft(input, moved), ...warm(input)];
    if (findings.length > 0) return findings;
    if (moved.length === 0)
      return [passed(code, 'all files are at the same paths on both hosts', { mapped: 0 })];
    return moved.map(([from, to]) =>
      passed(code, `${from} is ${to} on the target`, { path: from, targetPath: to }),
    );
  },
};

/** An entry of the request that names nothing of the guest's is a slip of the pen. */
function slips({ request, domain, pools, elements }: CheckInput): Finding[] {
  if (domain === null) return [];
  const paths = domain.disks.flatMap((disk) =>
    [disk.path ?? [], ...disk.backing.map((one) => one.path)].flat(),
  );
  const nvram = domain.extras.nvram?.path ?? [];
  const places = pools.map(({ atSource }) => (typeof atSource === 'object' ? atSource?.directory : null));
  const { files = [], nextDisks = null } = domain.extras;
  const more = [...files, ...(nextDisks ?? [])].flatMap(({ path }) => path ?? []);
  const others = elements === null ? [] : namedFiles(elements.descriptions, request.kind);
  const named = [...paths, ...more, ...others, nvram, places.map((place) => place ?? [])].flat(2);
  const used = (path: string): boolean => named.some((one) => mappedPath(one, { [path]: '/' }) !== null);
  const entries = [
    ...Object.keys(request.pathMap).map((path) => ({ path, what: 'is mapped' })),
    ...request.sharedDevices.map((path) => ({ path, what: 'is said to be shared' })),
  ];
  return entries
    .filter(({ path }) => !used(path))
    .map(({ path, what }) => {
      const compared = { path, guestHas: named.join(', ') };
      return warned(
        code,
        `the guest has nothing at ${path}, which ${what}`,
        compared,
        'Correct the path, or leave it out.',
      );
    });
}

/** Two files cannot be one. */
function collisions(moved: readonly (readonly [string, string])[]): Finding[] {
  const byTarget = Map.groupBy(moved, ([, to]) => to);
  return [...byTarget]
    .filter(([, entries]) => entries.length > 1)
    .map(([to, entries]) => {
      const from = entries.map(([path]) => path).join(', ');
      return refused(
        code,
        `${from} would all be ${to} on the target`,
        { targetPath: to, paths: from },
        'Give each a place of its own: --map-path.',
      );
    });
}

/** What libvirt keeps of a snapshot names the files as they were. */
function recordsLeft({ domain, request, instance, pools }: CheckInput, moved: readonly unknown[]): Finding[] {
  const renamed = pools.filter(({ name, targetName }) => name !== targetName);
  if (moved.length + renamed.length === 0 || request.kind !== 'cold-migration' || domain === null) return [];
  const { snapshots, checkpoints } = domain.extras;
  if (snapshots.length + checkpoints.length === 0) return [];
  const compared = { snapshots: snapshots.length, checkpoints: checkpoints.length, mapped: moved.length };
  const remedy =
    'Delete them first (virsh snapshot-delete, checkpoint-delete), or move it to the same paths and pools.';
  return [
    refused(
      code,
      `the snapshots and checkpoints of "${instance.name}" name its disks by the paths and pools that they have here`,
      compared,
      remedy,
    ),
  ];
}

/** The overlays of a warm copy stand on each other by name. */
function warm({ plan, request, target }: CheckInput): Finding[] {
  const paths = plan?.targetPaths ?? {};
  const stuck = (plan?.disks ?? []).filter(
    (disk) =>
      disk.action === 'copy' &&
      plan?.warm?.includes(disk.target) === true &&
      (paths[disk.path] !== undefined || disk.toDevice === true || disk.fromDevice === true),
  );
  return stuck.map((disk) => {
    const compared = {
      disk: disk.target,
      path: disk.path,
      maps: Object.keys(storageSettings(request, target).paths).length,
    };
    return refused(
      code,
      `disk ${disk.target} is copied to another place, which is not done while the guest runs on overlays`,
      compared,
      'Migrate it without --warm.',
    );
  });
}
