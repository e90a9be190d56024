import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FerryClient } from '@ferry/api';
import { type Lab, until } from '@ferry/lab';

const ferry = join(import.meta.dirname, '../../packages/cli/bin/ferry');

/**
 * Runs work with a `ferry serve` of its own in the controller's place; it knows no hosts, and is gone afterwards. Hosts may
 * have the `uris`, which name files of the controller.
 */
export async function serveOnce<T>(
  lab: Lab,
  uris: readonly string[],
  work: (client: FerryClient) => Promise<T>,
): Promise<T> {
  const data = mkdtempSync(join(tmpdir(), 'ferry-bench-'));
  writeFileSync(join(data, 'hosts.yaml'), JSON.stringify({ uris }), { mode: 0o600 });
  const argv = [ferry, 'serve', '--data-dir', data, '--listen', 'none', '--log-level', 'warn'];
  const serve = lab.spawnInCtl(argv, { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    const socket = join(data, 'ferry.sock');
    const client = await until('ferry serve answers', 20_000, async () => {
      if (!existsSync(socket)) return null;
      const token = readFileSync(join(data, 'admin.token'), 'utf8').trim();
      const one = new FerryClient({ url: `unix:${socket}`, token });
      return one.health().then(
        () => one,
        () => null,
      );
    });
    return await work(client);
  } finally {
    serve.kill('SIGKILL');
    rmSync(data, { recursive: true, force: true });
  }
}
