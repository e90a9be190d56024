import { connect, type Socket } from 'node:net';
import { ClientError } from '../errors.ts';
import { type CallOptions, defaultDeadlineMs } from '../rpc/call-options.ts';
import { startDeadline } from '../rpc/deadline.ts';

/** Opens a unix socket or a TCP connection; rejects with `connect-failed`, `deadline-exceeded` or `aborted`. */
export function openSocket(
  address: { readonly path: string } | { readonly host: string; readonly port: number },
  options: CallOptions,
): Promise<Socket> {
  const { signal, deadlineMs = defaultDeadlineMs } = options;
  return new Promise((resolve, reject) => {
    const where = 'path' in address ? address.path : `${address.host}:${address.port}`;
    const socket =
      'path' in address
        ? connect({ path: address.path })
        : connect({ host: address.host, port: address.port, noDelay: true });
    const settle = (): void => {
      signal?.removeEventListener('abort', onAbort);
      cancelDeadline();
      socket.removeAllListeners('connect');
      socket.removeAllListeners('error');
    };
    const fail = (code: 'connect-failed' | 'deadline-exceeded' | 'aborted', cause: unknown): void => {
      settle();
      socket.on('error', () => undefined).destroy();
      const why = cause instanceof Error ? cause.message : String(cause);
      reject(new ClientError(code, `No connection to ${where}: ${why}`, { mayHaveRun: false, cause }));
    };
    const onAbort = (): void => fail('aborted', signal?.reason);
    const cancelDeadline = startDeadline(deadlineMs, () =>
      fail('deadline-exceeded', `nobody answered within ${Math.round(deadlineMs)} ms`),
    );
    socket.once('connect', () => {
      settle();
      resolve(socket);
    });
    socket.once('error', (error) => fail('connect-failed', error));
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}
