import { callerMayCheck } from '../check/caller-may.ts';
import type { Check, CheckInput } from '../check/check-input.ts';
import { cpuCompatibleCheck } from '../check/cpu-compatible.ts';
import { placesFindings } from '../check/directory-allowed.ts';
import { domainElementsCheck } from '../check/domain-elements.ts';
import { type Finding, noted, passed, refused, unsure, warned } from '../check/finding.ts';
import { firewallReadyCheck } from '../check/firewall-ready.ts';
import { machineTypeCheck } from '../check/machine-type.ts';
import { networkPresentCheck } from '../check/network-present.ts';
import { oneCopyCheck } from '../check/one-copy.ts';
import { targetExistsCheck } from '../check/target-exists.ts';
import { targetMemoryCheck } from '../check/target-memory.ts';
import { targetNameFreeCheck } from '../check/target-name-free.ts';
import { isAccepted, wordFor } from '../domain-elements/domain-element.ts';
import { takeAgain, whyTakesNone } from '../host/host.ts';
import { busyWith } from '../instance/instance.ts';

/** How the target sees one disk of an instance whose host is gone. */
export type DiskView =
  /** Both hosts were seen to have the same directory while both lived. `lastProvenAt`: UTC ISO 8601. */
  | { readonly kind: 'shared'; readonly lastProvenAt: string }
  /** An operator says that both hosts have the same at that path. */
  | { readonly kind: 'said' }
  /** It is on the network, and the target's hypervisor has opened it. */
  | { readonly kind: 'opened' }
  /** A drive without a medium. */
  | { readonly kind: 'empty' }
  /** The path is there, and nobody ever saw that it is the same file: it may be an old copy. */
  | { readonly kind: 'unproven' }
  | { readonly kind: 'missing' }
  /** Somebody has it open for writing: the instance may still run. */
  | { readonly kind: 'in-use'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }
  /** The target did not tell. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** A disk, or an image that it stands on, and how the target sees it. */
export interface EvacuatedDisk {
  /** The guest's name of it: `vda`. */
  readonly disk: string;
  /** Path, or what is on the network. */
  readonly what: string;
  readonly view: DiskView;
}

/** All facts that an evacuation is judged on. */
export interface EvacuationInput {
  /** For the checks that any move has; `domain` is what was last seen of the instance. */
  readonly checks: CheckInput;
  /** Since when the source is known to be off, and who says so; null: nobody does. */
  readonly fence: { readonly at: string; readonly by: string } | null;
  /** When the definition was last read from the source; null: it never was. */
  readonly definitionSeenAt: string | null;
  /** Whether the source is called the same host by its id now: it answers. */
  readonly sourceAnswers: boolean;
  readonly disks: readonly EvacuatedDisk[];
}

const diskCode = 'disks-there';

/** Whether the target has a disk of an instance whose host is gone, the same one, and nobody else writes to it. */
export function diskFinding({ disk, what, view }: EvacuatedDisk): Finding {
  const compared = { disk, what, view: view.kind };
  switch (view.kind) {
    case 'shared':
      return passed(
        diskCode,
        `${what} (${disk}) is shared: seen on both hosts at ${view.lastProvenAt}`,
        compared,
      );
    case 'said':
      return noted(diskCode, `${what} (${disk}) is there, and is the same because you say so`, compared);
    case 'opened':
      return passed(diskCode, `the target has opened ${what} (${disk})`, compared);
    case 'empty':
      return passed(diskCode, `the drive ${disk} is empty`, compared);
    case 'unproven': {
      const remedy = `If you know that both hosts have the same there, say it: --shared-path ${what}.`;
      const message = `the target has ${what} (${disk}), and it was never seen that it is the same one: it may be an old copy`;
      return refused(diskCode, message, compared, remedy);
    }
    case 'missing': {
      const remedy = 'Mount its storage on the target, choose a host that has it, or bring its host back.';
      return refused(
        diskCode,
        `the target has no ${what} (${disk}): it is on the host that is gone`,
        compared,
        remedy,
      );
    }
    case 'in-use': {
      const remedy = 'Find out who: if its own host still runs it, that host is not off.';
      return refused(diskCode, `somebody has ${what} (${disk}) open: ${view.reason}`, compared, remedy);
    }
    case 'refused': {
      const remedy =
        'Let the target reach the server (address, port, export, credentials), or choose another host.';
      return refused(diskCode, `the target cannot open ${what} (${disk}): ${view.reason}`, compared, remedy);
    }
    case 'unknown': {
      const remedy = "See that the target's libvirtd answers, then ask again.";
      return unsure(
        diskCode,
        `the target did not tell of ${what} (${disk}): ${view.reason}`,
        compared,
        remedy,
      );
    }
  }
}

/** Checks of any move that need nothing of the source. */
const checksOfTheTarget: readonly Check[] = [
  callerMayCheck,
  targetExistsCheck,
  targetMemoryCheck,
  cpuCompatibleCheck,
  machineTypeCheck,
  networkPresentCheck,
  targetNameFreeCheck,
  firewallReadyCheck,
  oneCopyCheck,
];

/** Whether an instance may be started elsewhere because its host is gone, with every finding. What is not known forbids it. */
export function judgeEvacuation(input: EvacuationInput): {
  readonly possible: boolean;
  readonly findings: readonly Finding[];
} {
  const { checks } = input;
  const findings = [
    ...checksOfTheTarget.flatMap((check) => check.judge(checks)),
    targetAnswers(input),
    instanceFree(input),
    sourceGone(input),
    sourceFenced(input),
    definitionKept(input),
    // Without a definition there is nothing to look at, and that is told already.
    ...(checks.elements === null ? [] : domainElementsCheck.judge(checks)),
    ...placesFindings(checks.places),
    ...whatStaysBehind(input),
    ...input.disks.map(diskFinding),
  ];
  return { possible: !findings.some(forbids), findings };
}

function forbids({ severity }: Finding): boolean {
  return severity === 'error' || severity === 'unknown';
}

function targetAnswers({ checks: { target, source } }: EvacuationInput): Finding {
  const code = 'services-up';
  if (target === null)
    return unsure(code, 'there is no target to ask', {}, 'Name a host that exists and answers.');
  const { state, status, reason } = target.service;
  const maintenance = target.maintenance?.since ?? null;
  const compared = { host: target.name, state, status, maintenance };
  if (target.id === source.id)
    return refused(code, `"${target.name}" is the host that is gone`, compared, 'Name another host.');
  if (state === 'down')
    return refused(
      code,
      `the target "${target.name}" does not answer: ${reason}`,
      compared,
      'Name another host.',
    );
  const closed = whyTakesNone(target);
  if (closed !== null)
    return refused(
      code,
      `the target "${target.name}" is ${closed.replace('it is ', '')}: it takes no new instances`,
      compared,
      `${takeAgain(target)}, or name another host.`,
    );
  return passed(code, `the target "${target.name}" answers`, compared);
}

function instanceFree({ checks: { instance } }: EvacuationInput): Finding {
  const code = 'domain-lock';
  const compared = { operationId: instance.operationId, taskState: instance.taskState };
  if (instance.operationId === null && instance.taskState === null)
    return passed(code, 'nothing else holds the instance', compared);
  const remedy = 'See `ferry migration show`: it says what it waits for. It must end first.';
  return refused(code, `the instance is busy with ${busyWith(instance)}`, compared, remedy);
}

function sourceGone({ sourceAnswers, checks: { source } }: EvacuationInput): Finding {
  const code = 'source-gone';
  const compared = { host: source.name, answers: sourceAnswers, lastSeenAt: source.service.lastSeenAt };
  if (!sourceAnswers)
    return passed(code, `"${source.name}" does not answer: ${source.service.reason}`, compared);
  const remedy = 'Migrate it live or cold: nothing is lost then.';
  return refused(code, `"${source.name}" answers: the instance can be moved from it`, compared, remedy);
}

function sourceFenced({ fence, checks: { source } }: EvacuationInput): Finding {
  const code = 'source-fenced';
  const compared = { host: source.name, fencedAt: fence?.at ?? null, fencedBy: fence?.by ?? null };
  if (fence !== null) return passed(code, `"${source.name}" is off, says ${fence.by}`, compared);
  const remedy = `Fence it: \`ferry host fence ${source.name}\` runs the hook of \`ferry serve --fence-hook\`. Without a hook power it off yourself and say so: \`ferry host fence ${source.name} --powered-off\`.`;
  const message = `"${source.name}" does not answer, which does not prove that its guests do not run`;
  return refused(code, message, compared, remedy);
}

function definitionKept({ definitionSeenAt, checks: { source } }: EvacuationInput): Finding {
  const code = 'definition-kept';
  const compared = { seenAt: definitionSeenAt, sourceLastSeenAt: source.service.lastSeenAt };
  if (definitionSeenAt !== null)
    return passed(code, `its definition was read at ${definitionSeenAt}`, compared);
  const remedy = `Bring "${source.name}" back, or define it on another host from a copy of your own and adopt it there.`;
  return refused(code, `its definition was never read while "${source.name}" lived`, compared, remedy);
}

/** What libvirt keeps of a guest on its own host beside its files: that host is gone, and so is what it kept. */
function whatStaysBehind({ checks: { domain, request, source } }: EvacuationInput): Finding[] {
  if (domain === null) return [];
  const code = 'extras-carried';
  const { emulatedTpm, snapshots, checkpoints } = domain.extras;
  const compared = {
    emulatedTpm,
    snapshots: snapshots.length,
    checkpoints: checkpoints.length,
    host: source.name,
  };
  const records = [...snapshots, ...checkpoints];
  const found: Finding[] = [];
  if (records.length > 0) {
    const what = `snapshots and checkpoints are known to "${source.name}" alone, and the guest goes on without them: ${records.join(', ')}`;
    found.push(warned(code, what, compared, `Bring "${source.name}" back if they are needed.`));
  }
  if (!emulatedTpm) return found;
  const [path, value] = ['devices/tpm/backend/@type', 'emulator'];
  const lost = `what the emulated TPM holds is on "${source.name}": the guest gets an empty one, and what is sealed with it stays shut`;
  const remedy = `Bring "${source.name}" back; or, where nothing is sealed with it or its keys are kept elsewhere, say so: --accept ${wordFor(path, value)}.`;
  const isSaid = isAccepted(request.accept, path, value);
  found.push(
    isSaid
      ? warned(code, `${lost}. It was accepted`, compared, remedy)
      : refused(code, lost, compared, remedy),
  );
  return found;
}
