import type { PhaseReport, RehearsedPhase } from '@ferry/model';
import { failureOf } from '@ferry/workflow';
import { throwIfAbortRequested } from '../../context/move-context.ts';
import { remedyOf, StepError } from '../../engine/step-error.ts';
import type { RehearsalContext } from '../rehearsal-input.ts';

/**
 * Tries what the migration would do, and reports how it went. What the migration would fail by is a finding, and no reason to end:
 * the phases after it have findings of their own.
 */
export async function attemptPhase(
  context: RehearsalContext,
  phase: RehearsedPhase,
  work: () => Promise<string>,
): Promise<PhaseReport> {
  await throwIfAbortRequested(context);
  const beganMs = performance.now();
  const elapsedMs = (): number => Math.round(performance.now() - beganMs);
  try {
    const says = await work();
    return { phase, elapsedMs: elapsedMs(), says, problem: null };
  } catch (error) {
    // Ferry's own end, or an operator's word, says nothing of the migration.
    context.signal.throwIfAborted();
    if (error instanceof StepError && error.code === 'aborted') throw error;
    const failure = failureOf(error);
    const problem = { code: failure.code, message: failure.message, remedy: remedyOf(failure) };
    return { phase, elapsedMs: elapsedMs(), says: '', problem };
  }
}
