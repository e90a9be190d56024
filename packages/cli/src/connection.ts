import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ApiError, FerryClient, type FerryClientOptions, IdentityClient } from '@ferry/api/client';

/** Options that every command takes. */
export interface ConnectionOptions {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly dataDir?: string | undefined;
  readonly cacert?: string | undefined;
}

/** Where the controller keeps its database, its socket and the first token. */
export function dataDirectory(given?: string): string {
  const named = given ?? process.env['FERRY_DATA'];
  if (named !== undefined && named !== '') return named;
  if (process.getuid?.() === 0) return '/var/lib/ferry';
  return join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local/share'), 'ferry');
}

/** The controller named by the options, the environment, or the one on this machine. */
export function connectToController(options: ConnectionOptions): FerryClient {
  return new FerryClient(controllerOf(options));
}

/** The identity API of the same controller. */
export function connectToIdentity(options: ConnectionOptions): IdentityClient {
  return new IdentityClient(controllerOf(options));
}

/** Where the controller is that options and environment name, and who asks. */
export function controllerOf(options: ConnectionOptions): FerryClientOptions {
  const directory = dataDirectory(options.dataDir);
  const url = options.url ?? process.env['FERRY_URL'] ?? `unix:${join(directory, 'ferry.sock')}`;
  const token = options.token ?? process.env['FERRY_TOKEN'] ?? tokenFromFile(join(directory, 'admin.token'));
  return { url, token, authority: authorityOf(options), timeoutMs: 120_000 };
}

/** The certificate authority that options or environment name, in PEM. */
function authorityOf({ cacert }: ConnectionOptions): string | undefined {
  const file = cacert ?? process.env['FERRY_CACERT'];
  return file === undefined || file === '' ? undefined : readFileSync(file, 'utf8');
}

function tokenFromFile(path: string): string {
  if (!existsSync(path)) {
    throw new ApiError(
      'unauthorized',
      0,
      `There is no token: FERRY_TOKEN is not set and ${path} is not there.`,
      'Set FERRY_TOKEN, or start a controller here with `ferry serve`.',
    );
  }
  return readFileSync(path, 'utf8').trim();
}
