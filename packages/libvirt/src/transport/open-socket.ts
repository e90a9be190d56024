import { connect, type Socket } from 'node:net';
import { ClientError } from '../errors.ts';
import type { LibvirtUri } from './uri.ts';

/** Opens the transport; fails with `connect-failed`, `deadline-exceeded` or `aborted`. */
export function openSocket(address: LibvirtUri['address'], signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const where = address.kind === 'unix' ? address.path : `${address.host}:${address.port}`;
    const socket =
      address.kind === 'unix'
        ? connect({ path: address.path })
        : connect({ host: address.host, port: address.port, noDelay: true });
    const fail = (code: 'connect-failed' | 'deadline-exceeded' | 'aborted', cause: unknown): void => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      const why = cause instanceof Error ? cause.message : String(cause);
      reject(new ClientError(code, `No connection to ${where}: ${why}`, { mayHaveRun: false, cause }));
    };
    const onAbort = (): void => {
      const late = signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
      fail(late ? 'deadline-exceeded' : 'aborted', late ? 'nobody answered in time' : signal.reason);
    };
    socket.once('connect', () => {
      signal.removeEventListener('abort', onAbort);
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', (error) => fail('connect-failed', error));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
