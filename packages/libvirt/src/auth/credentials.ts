import { ClientError } from '../errors.ts';
import { readAuthFile } from './auth-file.ts';

/** Who asks, and the proof of it. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What somebody who is asked for credentials is told. */
export interface CredentialsRequest {
  /** The mechanism that wants them, for example `SCRAM-SHA-256`. */
  readonly mechanism: string;
  /** The host of the URI; null for this machine. */
  readonly host: string | null;
  /** The user of the URI; null where it names none. */
  readonly username: string | null;
}

/** Credentials, or somebody who is asked for them once they are needed; null for none. */
export type CredentialsSource =
  | Credentials
  | ((request: CredentialsRequest) => Credentials | null | Promise<Credentials | null>);

/** Where credentials may come from. */
export interface CredentialsPlaces {
  readonly given: CredentialsSource | undefined;
  /** The parameter `authfile` of the URI. */
  readonly authfile: string | null;
}

/**
 * Credentials from the caller, else from libvirt's auth.conf. Null where there are none. A user name in the URI goes before
 * that of the file. Throws ClientError `auth-required` for a file that cannot be used.
 */
export async function findCredentials(
  request: CredentialsRequest,
  { given, authfile }: CredentialsPlaces,
): Promise<Credentials | null> {
  if (typeof given === 'function') return given(request);
  if (given !== undefined) return given;
  const { username, password } = readAuthFile(authfile, request.host ?? 'localhost');
  const name = request.username ?? username;
  if (password === undefined) return null;
  if (name !== null) return { username: name, password };
  throw new ClientError('auth-required', 'auth.conf has a password for this host, but no user name', {
    mayHaveRun: false,
  });
}
