import { bothKinds } from './both-kinds.ts';
import type { Check, CheckInput } from './check-input.ts';
import type { Finding } from './finding.ts';
import { hostSilent, passed, refused } from './make-finding.ts';

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
    const problems =
      request.kind === 'live-migration'
        ? judgeLive(instance.name, extras, compared)
        : judgeCold(instance.name, extras, compared);
    return problems.length > 0
      ? problems
      : [passed(code, `nothing of "${instance.name}" would stay behind`, compared)];
  },
};

type Extras = NonNullable<CheckInput['domain']>['extras'];

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

function judgeCold(name: string, extras: Extras, compared: Finding['compared']): Finding[] {
  const found: Finding[] = [];
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
