import { bothKinds, type Check, type CheckInput } from './check-input.ts';
import { type Finding, hostSilent, passed, refused } from './finding.ts';

const code = 'extras-carried';

/** What belongs to the instance beside its disks comes along, or the move is refused: nothing stays behind unsaid. */
export const extrasCarriedCheck: Check = {
  code,
  about: 'firmware variables, TPM, snapshots and checkpoints come along',
  kinds: bothKinds,
  judge: ({ domain, request, instance }) => {
    if (domain === null) return [hostSilent(code, 'source', 'what belongs to the instance beside its disks')];
    const { extras } = domain;
    const compared: Finding['compared'] = {
      nvram: extras.nvram?.path ?? null,
      emulatedTpm: extras.emulatedTpm,
      snapshots: extras.snapshots.length,
      checkpoints: extras.checkpoints.length,
    };
    const problems = extrasThatStay(instance.name, domain, request, compared);
    return problems.length > 0
      ? problems
      : [passed(code, `nothing of "${instance.name}" would stay behind`, compared)];
  },
};

/** What of a domain's belongings no host could be given by a move of that kind. */
export function extrasThatStay(
  name: string,
  domain: Domain,
  { kind, warm }: Pick<CheckInput['request'], 'kind' | 'warm'>,
  compared: Finding['compared'] = {},
): Finding[] {
  return kind === 'live-migration'
    ? judgeLive(name, domain.extras, compared)
    : judgeCold(name, domain, warm, compared);
}

type Domain = NonNullable<CheckInput['domain']>;
type Extras = Domain['extras'];

function judgeLive(name: string, extras: Extras, compared: Finding['compared']): Finding[] {
  const records = [...extras.snapshots, ...extras.checkpoints];
  if (records.length === 0) return [];
  const what = `"${name}" has snapshots or checkpoints (${records.join(', ')}), and libvirt moves none of them live`;
  return [
    refused(
      code,
      what,
      compared,
      'Migrate it cold, which carries them, or delete them first (virsh snapshot-delete).',
    ),
  ];
}

function judgeCold(name: string, domain: Domain, warm: boolean, compared: Finding['compared']): Finding[] {
  const { extras } = domain;
  const found: Finding[] = [...onlyNow(name, domain, warm, compared), ...branches(name, extras, compared)];
  if (extras.emulatedTpm) {
    const what = `"${name}" has an emulated TPM, and what it holds would stay behind on the source`;
    const remedy =
      'Migrate it live: libvirt then carries the TPM. Or take the TPM out of its definition, if nothing is sealed with it.';
    found.push(refused(code, what, compared, remedy));
  }
  const { snapshotsWithMemoryFile: files } = extras;
  if (files.length > 0) {
    const what = `snapshots of "${name}" keep memory in files of their own, which would stay behind: ${files.join(', ')}`;
    found.push(refused(code, what, compared, 'Delete those snapshots first (virsh snapshot-delete).'));
  }
  return found;
}

/** A disk that only its life now has is in no definition: off, the guest would have lost it, and its file would stay behind. */
function onlyNow(
  name: string,
  { disks, extras }: Domain,
  warm: boolean,
  compared: Finding['compared'],
): Finding[] {
  const { nextDisks = null } = extras;
  if (nextDisks === null) return [];
  const places = nextDisks.map(({ path, volume }) => JSON.stringify(path ?? volume));
  const lost = disks.filter(
    ({ device, path, volume }) =>
      device !== 'cdrom' && device !== 'floppy' && !places.includes(JSON.stringify(path ?? volume)),
  );
  const remedy =
    'Put them into its definition (virsh attach-disk --config), or take them out of the guest (virsh detach-disk --live).';
  const found = lost.map(({ target, path }) =>
    refused(
      code,
      `"${name}" has the disk ${target} (${path ?? 'no file'}) only until it is off: its definition does not name it`,
      { ...compared, disk: target, path },
      remedy,
    ),
  );
  if (!warm || found.length > 0) return found;
  const what = `the disks of "${name}" for its next start are others than those that it has now`;
  return [refused(code, what, { ...compared, warm }, 'Migrate it without --warm.')];
}

/** Images of another branch of its history: snapshots name them, and none of its disks stands on them. */
function branches(name: string, { recordFiles = [] }: Extras, compared: Finding['compared']): Finding[] {
  if (recordFiles.length === 0) return [];
  const files = recordFiles.join(', ');
  const what = `snapshots of "${name}" name files that none of its disks stands on, and that would stay behind: ${files}`;
  return [
    refused(code, what, { ...compared, files }, 'Delete those snapshots first (virsh snapshot-delete).'),
  ];
}
