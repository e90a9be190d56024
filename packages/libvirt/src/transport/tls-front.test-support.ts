import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectSocket, type Server } from 'node:net';
import { createServer, type TlsOptions, type TLSSocket } from 'node:tls';
import { FakeDaemon } from '../rpc/fake-daemon.test-support.ts';

/** TLS in front of a fake daemon, as libvirtd does it: the client's certificate is judged after the handshake. */
export class TlsFront implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #daemon: FakeDaemon;

  private constructor(server: Server, daemon: FakeDaemon, port: number) {
    this.#server = server;
    this.#daemon = daemon;
    this.port = port;
  }

  static async start(
    files: { cert: string; key: string },
    settings: TlsOptions & { greeting?: Buffer; judge?: (socket: TLSSocket) => boolean } = {},
  ): Promise<TlsFront> {
    const daemon = await FakeDaemon.start();
    const path = new URL(daemon.uri.replace('test+unix', 'http')).searchParams.get('socket') ?? '';
    const { greeting = Buffer.from([1]), judge = () => true, ...options } = settings;
    const keys = { cert: readFileSync(files.cert), key: readFileSync(files.key) };
    const server = createServer({ ...keys, ...options }, (socket) => {
      socket.on('error', () => undefined);
      if (!judge(socket)) {
        socket.destroy();
        return;
      }
      socket.write(greeting);
      const inner = connectSocket(path).on('error', () => undefined);
      socket.pipe(inner).pipe(socket);
      socket.on('close', () => inner.destroy());
    });
    return new TlsFront(server, daemon, await listen(server));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#daemon[Symbol.asyncDispose]();
    this.#server.close();
  }
}

/** Listens on a free port of this machine. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
