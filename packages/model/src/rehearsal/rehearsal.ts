import type { CopiedDisk, TransferPlan } from '../strategy/transfer-plan.ts';

/** What a rehearsal tries, in its order; each is also the name of its step. */
export const rehearsedPhases = [
  'inspect-target',
  'prepare-networks',
  'prepare-storage',
  'prepare-firewall',
  'prepare-images',
  'send-memory',
  'send-disk',
] as const;

/** The name of one of them. */
export type RehearsedPhase = (typeof rehearsedPhases)[number];

/** Why the migration itself would not get past a phase, and what to do. */
interface PhaseProblem {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** How one of them went. */
export interface PhaseReport {
  readonly phase: RehearsedPhase;
  readonly elapsedMs: number;
  /** What was done, in words; what was left out and why. */
  readonly says: string;
  /** Null: the migration would get past it. */
  readonly problem: PhaseProblem | null;
}

/** What went over the link, or why nobody knows. */
export type LinkRehearsal =
  | {
      readonly kind: 'measured';
      readonly bytesPerSecond: number;
      /** What that was measured by. */
      readonly bytes: number;
      readonly elapsedMs: number;
      /** A limit of the migration held it back: it tells of the limit, and not of the link. */
      readonly limited: boolean;
    }
  | { readonly kind: 'not-measured'; readonly because: string };

/** What a rehearsal found. Kept with it. */
export interface Rehearsal {
  readonly phases: readonly PhaseReport[];
  readonly link: LinkRehearsal;
  /** What it brought to the target and did not take away again, as somebody else needs it by now. */
  readonly kept: readonly string[];
  /** Both hosts were looked at afterwards, and have nothing of it but what is in `kept`. False: it came to an end before that. */
  readonly asBefore: boolean;
}

/** All that the migration would fail by, as one failure; null: nothing. */
export function rehearsalFailure({ phases }: Pick<Rehearsal, 'phases'>): PhaseProblem | null {
  const failed = phases.flatMap(({ phase, problem }) => (problem === null ? [] : [{ phase, problem }]));
  const [first] = failed;
  if (first === undefined) return null;
  return {
    code: first.problem.code,
    message: failed.map(({ phase, problem }) => `${phase}: ${problem.message}`).join(' '),
    remedy: [...new Set(failed.map(({ problem }) => problem.remedy))].join(' '),
  };
}

/** A sample of what went over the link: bytes of the disk, and the time of the job that sends it. */
export interface LinkSample {
  readonly bytes: number;
  readonly elapsedMs: number;
}

/** Below that the steps in which a hypervisor counts are too coarse. */
const shortestMs = 200;
/** As near to a limit the limit is what was measured. */
const limitedFrom = 0.9;

/**
 * The rate between the first and the last sample in which some of `totalBytes` was sent and some was left: what comes before
 * is opening the connection, and what comes after is waiting.
 */
export function rateOfSamples(
  samples: readonly LinkSample[],
  totalBytes: number,
  capBytesPerSecond: number | null,
): LinkRehearsal {
  const under = samples.filter(({ bytes }) => bytes > 0 && bytes < totalBytes);
  const [first, last] = [under[0], under.at(-1)];
  const elapsedMs = first === undefined || last === undefined ? 0 : last.elapsedMs - first.elapsedMs;
  const bytes = first === undefined || last === undefined ? 0 : last.bytes - first.bytes;
  if (bytes <= 0 || elapsedMs < shortestMs)
    return {
      kind: 'not-measured',
      because: `${totalBytes} bytes were sent before two looks ${shortestMs} ms apart saw them on their way`,
    };
  const bytesPerSecond = Math.round((bytes / elapsedMs) * 1000);
  const limited = capBytesPerSecond !== null && bytesPerSecond >= capBytesPerSecond * limitedFrom;
  return { kind: 'measured', bytesPerSecond, bytes, elapsedMs, limited };
}

/** What a migration would bring whole before it sends the guest, and a rehearsal leaves where it is. */
export interface BroughtLater {
  readonly images: number;
  readonly bytes: number;
}

/**
 * The plan of a migration without what would be brought whole: base images, and disks that are only read. It would be taken away again
 * at once. Images that the hypervisor fills are made all the same, on no base where theirs is not there yet.
 */
export function rehearsedPlan(plan: TransferPlan): {
  readonly plan: TransferPlan;
  readonly later: BroughtLater;
} {
  const copied = plan.disks.filter((disk) => disk.action === 'copy');
  const whole = copied.filter((disk) => disk.readOnly);
  const bases = new Map(copied.flatMap(missingBases).map((base) => [base.path, base]));
  const later = [...whole, ...bases.values()];
  return {
    plan: {
      ...plan,
      copyBytes: 0,
      disks: plan.disks
        .filter((disk) => !(disk.action === 'copy' && disk.readOnly))
        .map((disk) =>
          disk.action === 'copy' && missingBases(disk).length > 0 ? { ...disk, backing: [] } : disk,
        ),
    },
    later: {
      images: later.length,
      bytes: later.reduce((sum, { allocationBytes }) => sum + allocationBytes, 0),
    },
  };
}

function missingBases({ backing }: CopiedDisk): CopiedDisk['backing'] {
  return backing.filter(({ action }) => action !== 'present');
}
