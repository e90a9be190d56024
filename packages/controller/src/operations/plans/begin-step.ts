import { randomUUID } from 'node:crypto';
import { firstProject, firstUser, type PlanAction, type StepRecord } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import { submitEvacuation } from '../evacuate/submit-evacuation.ts';
import { moveRequest } from '../move/move-request.ts';
import { submitMove } from '../move/submit-move.ts';
import { submitPower } from '../servers/submit-power.ts';
import type { PlanContext } from './plan-context.ts';

/** What came of beginning a step. */
export type BegunStep =
  | { readonly kind: 'begun' }
  /** It is to be tried again as it is. */
  | { readonly kind: 'not-now'; readonly because: string }
  | { readonly kind: 'refused'; readonly because: string };

/** What its plan says of a step beside what is to be done. */
interface SaidOfStep {
  /** Others that it moves to the same host. */
  readonly goesWith: readonly string[];
  /** Running guests that it may stop. */
  readonly mayStop: readonly string[];
  /** So many of its moves may send through a port at once. */
  readonly perLink: number;
}

/**
 * Begins a step as a person would: all checks of a move run now, on what the hosts show now. A move is begun by the id that
 * was written down for it, so that it is begun once, whoever comes after a crash.
 */
export async function beginStep(
  context: PlanContext,
  step: StepRecord,
  said: SaidOfStep,
): Promise<BegunStep> {
  try {
    await begin(context, step.action, step.migrationId ?? '', said);
    return { kind: 'begun' };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // Another controller was faster, or an earlier request came through after all.
    const { store } = context.services;
    if (step.migrationId !== null && (await store.migrations.byId(step.migrationId)) !== null)
      return { kind: 'begun' };
    return { kind: isForNow(error) ? 'not-now' : 'refused', because: error.message };
  }
}

async function begin(
  { services, start }: PlanContext,
  action: PlanAction,
  migrationId: string,
  { goesWith, mayStop, perLink }: SaidOfStep,
): Promise<void> {
  switch (action.kind) {
    case 'move': {
      if (action.how === 'evacuate') {
        const request = { host: action.toHostId, sharedPaths: [], accept: [], leaveOff: false };
        start(
          (await submitEvacuation(services, 'admin', action.guestId, request, undefined, migrationId)).id,
        );
        return;
      }
      const kind = action.how === 'live' ? 'live-migration' : 'cold-migration';
      const request = moveRequest({ kind, host: action.toHostId });
      start(
        (
          await submitMove(services, 'operator', action.guestId, request, undefined, {
            migrationId,
            goesWith,
            perLink,
            onlyOff: action.how === 'cold' && !mayStop.includes(action.guestId),
          })
        ).id,
      );
      return;
    }
    case 'shut-down':
    case 'start': {
      const asked = { requestId: `req-${randomUUID()}`, userId: firstUser.id, projectId: firstProject.id };
      const power = action.kind === 'start' ? 'start' : 'stop';
      start(await submitPower(services, asked, action.guestId, power));
      return;
    }
    case 'enter-maintenance':
    case 'leave-maintenance':
    case 'upgrade-host':
      throw new Error(`${action.kind} is no operation on a guest`);
  }
}

/** Nothing is wrong with it: something else is at the guest, or has claimed the room at this moment. */
function isForNow({ code, findings }: Refusal): boolean {
  if (code === 'instance-busy' || code === 'instance-state') return true;
  return (
    code === 'checks-failed' &&
    findings.length > 0 &&
    !findings.some(({ severity }) => severity === 'error' || severity === 'unknown')
  );
}
