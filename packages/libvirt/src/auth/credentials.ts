import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ClientError } from '../errors.ts';

/** What auth.conf says of a host. */
interface FiledCredentials {
  readonly username: string | null;
  readonly password: string | undefined;
}

type Groups = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Reads the credentials of a host from libvirt's auth.conf: the file that is named (an environment variable goes before
 * the URI, as in libvirt), else the user's, else the machine's. Throws ClientError `auth-required` where a file is named
 * that cannot be read, or that is malformed.
 */
export function readAuthFile(named: string | null, host: string): FiledCredentials {
  const wanted = process.env['LIBVIRT_AUTH_FILE'] ?? named;
  const usual = [
    join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'libvirt/auth.conf'),
    '/etc/libvirt/auth.conf',
  ];
  for (const path of wanted === null ? usual : [wanted]) {
    const text = read(path, wanted !== null);
    if (text !== null) return lookUp(parse(text, path), host, path);
  }
  return { username: null, password: undefined };
}

function read(path: string, required: boolean): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (!required) return null;
    throw refused(path, cause instanceof Error ? cause.message : String(cause));
  }
}

/** `[group]` and `key=value` lines; `#` begins a comment line. */
function parse(text: string, path: string): Groups {
  const groups = new Map<string, Map<string, string>>();
  let group: Map<string, string> | null = null;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [, name] = /^\[([^[\]]+)\]$/.exec(line) ?? [];
    const [, key, value] = /^([^=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      group = groups.get(name) ?? new Map<string, string>();
      groups.set(name, group);
    } else if (group !== null && key !== undefined && value !== undefined) group.set(key, value);
    // The line itself may be a password.
    else throw refused(path, `line ${index + 1} is neither [group] nor key=value`);
  }
  return groups;
}

function lookUp(groups: Groups, host: string, path: string): FiledCredentials {
  const name = [`auth-libvirt-${host}`, 'auth-libvirt-default'].find((one) => groups.has(one));
  if (name === undefined) return { username: null, password: undefined };
  const credentials = groups.get(name)?.get('credentials');
  if (credentials === undefined) throw refused(path, `[${name}] does not say which "credentials"`);
  const found = groups.get(`credentials-${credentials}`);
  if (found === undefined)
    throw refused(path, `[credentials-${credentials}], which [${name}] names, is not there`);
  return {
    username: found.get('authname') ?? found.get('username') ?? null,
    password: found.get('password'),
  };
}

function refused(path: string, why: string): ClientError {
  return new ClientError('auth-required', `The credentials in ${path} cannot be used: ${why}`, {
    mayHaveRun: false,
  });
}

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
