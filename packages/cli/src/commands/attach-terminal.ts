import type { IncomingMessage } from 'node:http';
import { rootCertificates } from 'node:tls';
import { ApiError, type FerryClientOptions } from '@ferry/api/client';
import { WebSocket } from 'ws';

/** What virsh and telnet leave a console with: Ctrl-]. */
const escape = 0x1d;
const normalClosure = 1000;

/** How a console was left. */
export interface TerminalEnd {
  readonly isOrderly: boolean;
  readonly message: string;
}

/** Joins this terminal with a console of the controller until one side ends. Throws ApiError where it is refused. */
export async function attachTerminal(
  { url, authority }: Pick<FerryClientOptions, 'url' | 'authority'>,
  path: string,
  name: string,
): Promise<TerminalEnd> {
  const ca = authority === undefined ? {} : { ca: [...rootCertificates, authority] };
  const socket = new WebSocket(addressOf(url, path), ca);
  socket.binaryType = 'nodebuffer';
  const closed = Promise.withResolvers<TerminalEnd>();
  const opened = Promise.withResolvers<void>();
  socket.on('open', opened.resolve);
  socket.on('unexpected-response', (_request, response) => void refusalOf(response).then(opened.reject));
  socket.on('error', (error) => {
    opened.reject(error);
    closed.reject(error);
  });
  closed.promise.catch(() => undefined);
  socket.on('message', (bytes: Buffer) => process.stdout.write(bytes));
  socket.on('close', (code, reason) => {
    const why = reason.toString('utf8');
    closed.resolve({
      isOrderly: code === normalClosure,
      message: `the console was closed${why === '' ? '' : `: ${why}`}`,
    });
  });
  await opened.promise;
  process.stderr.write(`the serial console of ${name}; Ctrl-] leaves it\n`);
  const { stdin } = process;
  const onTyped = (bytes: Buffer): void => {
    const end = bytes.indexOf(escape);
    const typed = end === -1 ? bytes : bytes.subarray(0, end);
    if (typed.length > 0 && socket.readyState === WebSocket.OPEN) socket.send(typed);
    if (end !== -1) socket.close(normalClosure);
  };
  if (stdin.isTTY) stdin.setRawMode(true);
  stdin.on('data', onTyped);
  try {
    return await closed.promise;
  } finally {
    stdin.off('data', onTyped);
    if (stdin.isTTY) stdin.setRawMode(false);
    stdin.pause();
  }
}

/** The controller's WebSocket, over TCP or over its unix socket. */
function addressOf(url: string, path: string): string {
  if (url.startsWith('unix:')) return `ws+unix:${url.slice('unix:'.length)}:${path}`;
  return new URL(path, url).href.replace(/^http/, 'ws');
}

async function refusalOf(response: IncomingMessage): Promise<ApiError> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return ApiError.fromBody(response.statusCode ?? 0, Buffer.concat(parts).toString('utf8'));
}
