import { ClientError } from '../errors.ts';
import { type CallOptions, defaultDeadlineMs } from '../rpc/call-options.ts';
import { startDeadline } from '../rpc/deadline.ts';

/** Rejects when a caller's deadline passes or its signal is aborted before its call could be sent; `cancel` forgets it. */
export function givenUp(uri: string, options: CallOptions): { promise: Promise<never>; cancel: () => void } {
  const { signal, deadlineMs = defaultDeadlineMs } = options;
  const { promise, reject } = Promise.withResolvers<never>();
  // Whoever has its connection at once never looks.
  promise.catch(() => undefined);
  const onAbort = (): void =>
    reject(
      new ClientError('aborted', `${uri}: given up before it was sent`, {
        mayHaveRun: false,
        cause: signal?.reason,
      }),
    );
  const cancelDeadline = startDeadline(deadlineMs, () =>
    reject(
      new ClientError('deadline-exceeded', `${uri}: no connection within ${Math.round(deadlineMs)} ms`, {
        mayHaveRun: false,
      }),
    ),
  );
  if (signal?.aborted === true) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  const cancel = (): void => {
    cancelDeadline();
    signal?.removeEventListener('abort', onAbort);
  };
  return { promise, cancel };
}
