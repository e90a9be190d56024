import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { existsSync } from 'node:fs';

/** A socket that its owner has taken away is looked for so often. */
const lookMs = 2_000;

/** Leads a port of loopback to a controller's socket, in a process of its own that goes when the controller does. */
export function showPage(socketPath: string, port: number): string {
  const child = spawn(process.execPath, [import.meta.filename, socketPath, String(port)], {
    detached: true,
    stdio: 'ignore',
  });
  child.unref();
  return `http://127.0.0.1:${port}/`;
}

/** The process: bytes both ways, and nothing of its own. */
function relay(socketPath: string, port: number): void {
  const server = createServer((client) => {
    const inside = connect(socketPath);
    for (const [one, other] of [
      [client, inside],
      [inside, client],
    ] as const) {
      one.pipe(other);
      one.on('error', () => other.destroy());
    }
  });
  server.listen(port, '127.0.0.1');
  setInterval(() => {
    if (!existsSync(socketPath)) process.exit();
  }, lookMs);
}

if (process.argv[1] === import.meta.filename) {
  const [, , socketPath = '', port = '0'] = process.argv;
  relay(socketPath, Number(port));
}
