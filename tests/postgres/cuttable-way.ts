import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A way to a database server that can be cut, for the one who uses it alone. */
export class CuttableWay implements AsyncDisposable {
  /** The URL of the database by this way. */
  readonly url: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'ferry-way-'));
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #cut = false;
  #silent = false;

  private constructor(url: string) {
    const by = new URL(url);
    const far = join(by.searchParams.get('host') ?? '', socketName);
    by.searchParams.set('host', this.#folder);
    this.url = by.href;
    this.#server = createServer((near) => {
      if (this.#cut) near.destroy();
      else this.#join(near, createConnection(far));
    });
  }

  static async to(url: string): Promise<CuttableWay> {
    const way = new CuttableWay(url);
    way.#server.listen(join(way.#folder, socketName));
    await once(way.#server, 'listening');
    return way;
  }

  /** From now on nothing goes through, and nothing new is let in. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** From now on connections are taken and kept, and what comes by them goes nowhere: nobody is told of it. */
  silence(): void {
    this.#silent = true;
    for (const socket of this.#sockets) swallow(socket);
  }

  /** New connections go through again; those that were silent stay so. */
  mend(): void {
    this.#cut = false;
    this.#silent = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #join(near: Socket, far: Socket): void {
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      if (this.#silent) swallow(one);
      else one.pipe(other);
    }
  }
}

function swallow(socket: Socket): void {
  socket.unpipe();
  socket.resume();
}

/** As PostgreSQL names its socket for the usual port. */
const socketName = '.s.PGSQL.5432';
