import type { Clock } from './clock.ts';
import { NeedsPerson, NothingMoved, WorkflowError } from './errors.ts';

/** How long to wait after so many failures in a row (from 1), in milliseconds; `give-up` to halt. */
export type RetryPolicy = (failures: number) => number | 'give-up';

/** Doubles the wait from `firstMs` up to `longestMs`; gives up after `attempts` failures. */
export function backOff(settings: {
  readonly firstMs: number;
  readonly longestMs: number;
  readonly attempts: number;
}): RetryPolicy {
  return (failures) =>
    failures >= settings.attempts
      ? 'give-up'
      : Math.min(settings.firstMs * 2 ** (failures - 1), settings.longestMs);
}

/** About four minutes in all: long enough for a libvirtd that is being restarted. */
export const defaultRetry: RetryPolicy = backOff({ firstMs: 500, longestMs: 30_000, attempts: 13 });

/** How one attempt ended. */
export type Ending =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly error: unknown }
  /** It was told to stop and did not: it may still be acting. */
  | { readonly kind: 'stuck'; readonly error: WorkflowError }
  /** The process is to stop: nothing is known of the attempt, and nothing is to be written. */
  | { readonly kind: 'stopped' };

interface Limits {
  readonly step: string;
  readonly deadlineMs: number;
  /** Time to end after being told to stop. */
  readonly graceMs: number;
  readonly clock: Clock;
  readonly stop: AbortSignal;
}

/**
 * Calls once, with a signal that aborts at the deadline or when the process is to stop, and then waits until the
 * call has really ended: an undo must never run beside the step it undoes. A late success is a success.
 */
export async function perform(
  call: (signal: AbortSignal) => Promise<unknown>,
  limits: Limits,
): Promise<Ending> {
  const { clock, stop } = limits;
  const deadline = new AbortController();
  const passed = new WorkflowError('deadline-passed', `"${limits.step}" had ${limits.deadlineMs} ms`);
  const cancelDeadline = clock.after(limits.deadlineMs, () => deadline.abort(passed));
  const signal = AbortSignal.any([deadline.signal, stop]);
  const grace = afterAbort(signal, limits);
  try {
    const ended = settle(() => call(signal));
    const ending = await Promise.race([ended, grace.over]);
    if (ending === 'grace-over') {
      if (stop.aborted) return { kind: 'stopped' };
      return { kind: 'stuck', error: new WorkflowError('step-did-not-stop', `"${limits.step}"`) };
    }
    if (ending.kind === 'returned' || !signal.aborted) return ending;
    if (stop.aborted) return { kind: 'stopped' };
    return { kind: 'threw', error: afterDeadline(ending.error, passed) };
  } finally {
    cancelDeadline();
    grace.cancel();
  }
}

async function settle(
  call: () => Promise<unknown>,
): Promise<Extract<Ending, { kind: 'returned' | 'threw' }>> {
  try {
    return { kind: 'returned', value: await call() };
  } catch (error) {
    return { kind: 'threw', error };
  }
}

/** What a step says of itself on purpose stands; all else it throws after the deadline comes of the deadline. */
function afterDeadline(error: unknown, passed: WorkflowError): unknown {
  if (error instanceof NothingMoved || error instanceof NeedsPerson || error === passed) return error;
  return new WorkflowError('deadline-passed', passed.message, { cause: error });
}

interface Grace {
  readonly over: Promise<'grace-over'>;
  cancel(): void;
}

function afterAbort(signal: AbortSignal, limits: Limits): Grace {
  const { promise, resolve } = Promise.withResolvers<'grace-over'>();
  let cancelTimer: (() => void) | undefined;
  const begin = (): void => {
    cancelTimer = limits.clock.after(limits.graceMs, () => resolve('grace-over'));
  };
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return {
    over: promise,
    cancel: () => {
      signal.removeEventListener('abort', begin);
      cancelTimer?.();
    },
  };
}
