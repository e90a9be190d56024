import { builtInPolicy, type PolicyValues, policyValuesOf } from '@ferry/model';
import { abortable, type MoveContext, setPhase } from '../context/move-context.ts';
import { StepError } from '../engine/step-error.ts';
import { type HookEnd, runHook } from '../hooks/run-hook.ts';

/** What the guest answered; null: nobody told it. */
export interface NoticeGiven {
  readonly notice: {
    readonly answer: HookEnd['kind'];
    readonly waitedMs: number;
    readonly says: string;
  } | null;
}

/** After a move nobody waits for an answer: the hook is told, and has this long. */
const toldMs = 60_000;

/** When a hook is called; its first argument. `stayed`: it was told, and did not move. */
type Occasion = 'before' | 'moved' | 'stayed';

/**
 * Has the owner's program tell the guest that it moves, and waits for its answer: exit code 0 is "ready". Where it is not, or
 * nothing comes in time, the policy says whether the move goes on. Run again after a crash, it is told again.
 */
export async function notifyGuest(context: MoveContext): Promise<NoticeGiven> {
  const hook = hookOf(context);
  if (hook === null) return { notice: null };
  const { noticeWaitMs, whenUnanswered } = valuesOf(context);
  await setPhase(
    context,
    `tell the guest that it moves, and wait ${noticeWaitMs / 1000} s at most for its answer`,
  );
  const beganMs = performance.now();
  const { kind, why, says } = await abortable(context, (signal) =>
    call({ ...context, signal }, hook, 'before', noticeWaitMs),
  );
  const waitedMs = Math.round(performance.now() - beganMs);
  const words = says === '' ? '' : ` It says: ${says}`;
  const answer =
    kind === 'done'
      ? `ready after ${waitedMs} ms.${words}`
      : `not ready: the notice hook ${why}, after ${waitedMs} ms.${words}`;
  const goesOn = kind === 'done' || whenUnanswered === 'go-on';
  const then =
    kind === 'done' ? '' : goesOn ? ' Its policy lets it move all the same.' : ' Its policy ends the move.';
  await context.services.store.migrations.tell(context.input.migrationId, [
    `notice to the guest: ${answer}${then}`,
  ]);
  if (!goesOn) throw new StepError('guest-not-ready', `The guest is ${answer}`);
  return { notice: { answer: kind, waitedMs, says } };
}

/** It was told that it moves, and stays. */
export function notifyStayed(context: MoveContext): Promise<void> {
  return tellAfterwards(context, 'stayed');
}

/** It is there. */
export function notifyMoved(context: MoveContext): Promise<void> {
  return tellAfterwards(context, 'moved');
}

/** That it cannot be told is no reason to stop: it is told to whoever looks at the migration. */
async function tellAfterwards(context: MoveContext, occasion: Occasion): Promise<void> {
  const hook = hookOf(context);
  if (hook === null) return;
  const { kind, why } = await call(context, hook, occasion, toldMs);
  if (kind === 'done') return;
  const { migrations } = context.services.store;
  await migrations.tell(context.input.migrationId, [
    `notice to the guest (${occasion}): the notice hook ${why}`,
  ]);
}

function call(
  { input, signal }: MoveContext,
  program: string,
  occasion: Occasion,
  limitMs: number,
): Promise<HookEnd> {
  const { instanceId, instanceName, migrationId, source, target } = input;
  const variables = {
    FERRY_MIGRATION_ID: migrationId,
    FERRY_INSTANCE: instanceName,
    FERRY_INSTANCE_ID: instanceId,
    FERRY_SOURCE_HOST: source.name,
    FERRY_TARGET_HOST: target.name,
    FERRY_NOTICE_WAIT_SECONDS: String(limitMs / 1000),
  };
  return runHook({ program, args: [occasion, instanceName], variables, limitMs, signal });
}

/** Null: no policy wants it told, or this controller was started without a hook since. */
function hookOf(context: MoveContext): string | null {
  return valuesOf(context).notice === 'hook' ? (context.services.noticeHook ?? null) : null;
}

function valuesOf({ input: { policy } }: MoveContext): PolicyValues {
  return policy === undefined ? builtInPolicy : policyValuesOf(policy);
}
