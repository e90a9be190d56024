import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ClientError } from '../errors.ts';

/** What auth.conf says of a host. */
export interface FiledCredentials {
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
