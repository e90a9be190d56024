import type { Finding } from '../check/finding.ts';
import type { PlanAction } from './fleet-plan.ts';
import type { StepRecord } from './plan-record.ts';
import type { PlanRehearsal, StepRehearsal } from './plan-rehearsal.ts';

type Move = PlanAction & { readonly kind: 'move' };

/** Why nothing of a move can be rehearsed now; null: it can. `steps`: all of its plan. */
function whyLeftOut(action: Move, number: number, steps: readonly StepRecord[]): string | null {
  if (action.how === 'cold')
    return 'it moves cold: its files are copied while it is off, and no way is tried before that';
  if (action.how === 'evacuate') return 'it is started from its disks: the host that it is on is off';
  const earlier = steps.find(
    (other) =>
      other.number < number && other.action.kind === 'move' && other.action.guestId === action.guestId,
  );
  return earlier === undefined
    ? null
    : `it moves by step ${earlier.number} first, and is not where this step takes it from`;
}

/** The moves of a plan as they are when its rehearsal begins; steps that move nobody are not among them. */
export function beginRehearsals(steps: readonly StepRecord[]): StepRecord[] {
  return steps.flatMap((step): StepRecord[] => {
    const { action, number, state } = step;
    if (action.kind !== 'move' || state.kind === 'dropped') return [];
    const because = whyLeftOut(action, number, steps);
    const rehearsal: StepRehearsal =
      because === null ? { kind: 'waiting', because: 'not looked at yet' } : { kind: 'left-out', because };
    return [{ ...step, rehearsal }];
  });
}

/**
 * Moves whose rehearsal begins now, and why each other one waits. One at a time goes out of a host and one comes to it, so that
 * each measures its link alone; so many in all as the plan moves at once.
 */
export function nextRehearsals(
  steps: readonly StepRecord[],
  fleetLimit: number,
): { readonly begin: readonly StepRecord[]; readonly wait: readonly StepRecord[] } {
  const out = new Map<string, string>();
  const into = new Map<string, string>();
  let running = 0;
  const take = ({ number }: StepRecord, { fromHostId, toHostId }: Move): void => {
    out.set(fromHostId, `step ${number}`);
    into.set(toHostId, `step ${number}`);
    running += 1;
  };
  for (const step of steps)
    if (step.rehearsal?.kind === 'running' && step.action.kind === 'move') take(step, step.action);
  const begin: StepRecord[] = [];
  const wait: StepRecord[] = [];
  for (const step of steps) {
    const { action, rehearsal } = step;
    if (rehearsal?.kind !== 'waiting' || action.kind !== 'move') continue;
    const other = out.get(action.fromHostId) ?? into.get(action.toHostId);
    if (other === undefined && running < fleetLimit) {
      begin.push(step);
      take(step, action);
      continue;
    }
    const because =
      other === undefined
        ? `${running} are rehearsed at once, as many as the plan moves`
        : `${other} is rehearsed over the same port`;
    wait.push({ ...step, rehearsal: { kind: 'waiting', because } });
  }
  return { begin, wait };
}

/** Checks that a step which comes later meets otherwise than now: what leaves before it makes room. */
const ofRoom: ReadonlySet<string> = new Set(['target-memory', 'disk-room', 'server-group']);

/**
 * What checks that refuse tell of a move. Where others of the plan come first, and nothing but room is wrong, that is not known
 * yet: it is left out, by name.
 */
export function rehearsalOfRefusal(
  { after }: Pick<StepRecord, 'after'>,
  steps: readonly StepRecord[],
  refusal: { readonly code: string; readonly message: string; readonly findings: readonly Finding[] },
  at: string,
): StepRehearsal {
  const stopping = refusal.findings.filter(({ severity }) => severity === 'error' || severity === 'unknown');
  const before = after.filter((number) => steps.find((one) => one.number === number)?.action.kind === 'move');
  if (before.length > 0 && stopping.length > 0 && stopping.every(({ code }) => ofRoom.has(code)))
    return {
      kind: 'left-out',
      because: `step ${before.join(', ')} comes first and makes room: ${stopping.map(({ message }) => message).join(' ')}`,
    };
  const problems =
    stopping.length > 0
      ? stopping.map(({ code, message, remedy }) => ({ code, message, remedy }))
      : [{ code: refusal.code, message: refusal.message, remedy: '' }];
  return { kind: 'ended', migrationId: null, problems, at };
}

/** Whether nothing more comes of the rehearsal of any step. */
export function allRehearsed(steps: readonly StepRecord[]): boolean {
  return steps.every(({ rehearsal }) => rehearsal?.kind !== 'waiting' && rehearsal?.kind !== 'running');
}

/** How the moves of a plan have gone so far. */
export function countRehearsals(
  steps: readonly StepRecord[],
): Pick<PlanRehearsal, 'passed' | 'failed' | 'leftOut'> {
  const counts = { passed: 0, failed: 0, leftOut: 0 };
  for (const { rehearsal } of steps) {
    if (rehearsal?.kind === 'left-out') counts.leftOut += 1;
    else if (rehearsal?.kind === 'ended') counts[rehearsal.problems.length === 0 ? 'passed' : 'failed'] += 1;
  }
  return counts;
}
