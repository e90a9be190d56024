import { ClientError, type ClientErrorCode } from '../errors.ts';
import { type CallOptions, defaultDeadlineMs, startDeadline } from '../rpc/call-options.ts';

/** How an attempt ends by itself; only the first counts. Neither may be called before `begin` has returned. */
export interface Outcome<T> {
  readonly done: (value: T) => void;
  readonly fail: (code: ClientErrorCode, why: string, cause?: unknown) => void;
}

/**
 * One step of opening, under a deadline and a signal. `begin` starts it and returns what lets go of it: told true when
 * nothing came of it. Rejects with ClientError: `what: why`, with the codes `deadline-exceeded` and `aborted` of its own.
 */
export function attempt<T>(
  what: string,
  { signal, deadlineMs = defaultDeadlineMs }: CallOptions,
  begin: (outcome: Outcome<T>) => (failed: boolean) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let letGo: ((failed: boolean) => void) | null = null;
    const settle = (failed: boolean): void => {
      signal?.removeEventListener('abort', onAbort);
      cancelDeadline();
      letGo?.(failed);
      letGo = null;
    };
    const done = (value: T): void => {
      settle(false);
      resolve(value);
    };
    const fail: Outcome<T>['fail'] = (code, why, cause) => {
      settle(true);
      reject(new ClientError(code, `${what}: ${why}`, { mayHaveRun: false, cause }));
    };
    const onAbort = (): void => fail('aborted', 'it was given up', signal?.reason);
    const cancelDeadline = startDeadline(deadlineMs, () =>
      fail('deadline-exceeded', `nobody answered within ${Math.round(deadlineMs)} ms`),
    );
    if (signal?.aborted === true) {
      onAbort();
      return;
    }
    letGo = begin({ done, fail });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
