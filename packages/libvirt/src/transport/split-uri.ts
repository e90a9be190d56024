import { decodePercent } from './uri-parameters.ts';

/** The pieces of a URI, decoded except for path and query. */
export interface UriParts {
  /** Null for the empty URI. */
  readonly driver: string | null;
  /** In lower case; null when the URI names none. */
  readonly transport: string | null;
  readonly user: string | null;
  /** Without brackets; null when there is none. */
  readonly host: string | null;
  readonly port: number | null;
  /** As written. */
  readonly path: string;
  /** As written. */
  readonly query: string;
}

const form = 'DRIVER[+TRANSPORT]://[USER@][HOST[:PORT]]/PATH[?PARAMETERS]';
const whole = /^([a-z][a-z0-9.-]*)(?:\+([a-z0-9]+))?:\/\/([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/i;
const authorities = /^(?:([^@]*)@)?(?:\[([0-9a-f:.]+(?:%[\w%.-]+)?)\]|([^:@[\]\s]*))(?::(\d{1,5}))?$/i;

/** Takes a URI apart; the empty one has nothing in it. `refuse` makes the error that is thrown. */
export function splitUri(uri: string, refuse: (why: string) => Error): UriParts {
  const nothing = { driver: null, transport: null, user: null, host: null, port: null, path: '', query: '' };
  if (uri === '') return nothing;
  const match = whole.exec(uri);
  if (match === null) throw refuse(`it is not of the form ${form}`);
  const [, driver = '', transport, authority = '', path, query = ''] = match;
  if (path === undefined && (authority === 'system' || authority === 'session')) {
    throw refuse(`"${authority}" is where the host belongs; ${driver}:///${authority} may be meant`);
  }
  const name = transport?.toLowerCase() ?? null;
  return { driver, transport: name, ...splitAuthority(authority, refuse), path: path ?? '/', query };
}

function splitAuthority(
  authority: string,
  refuse: (why: string) => Error,
): Pick<UriParts, 'user' | 'host' | 'port'> {
  const [, user, address, name, digits] = authorities.exec(authority) ?? fail(refuse(badHost(authority)));
  if (user?.includes(':')) throw refuse('a password does not belong into a URI: use ssh keys or an authfile');
  const port = digits === undefined ? null : Number(digits);
  const host = address ?? name ?? '';
  if (port !== null && (port < 1 || port > 65_535 || host === '')) throw refuse(badHost(authority));
  const decode = (text: string): string => decodePercent(text, refuse);
  return { user: user ? decode(user) : null, host: host === '' ? null : decode(host), port };
}

function badHost(authority: string): string {
  return `"${authority}" is no host, host:port or [address]:port`;
}

function fail(error: Error): never {
  throw error;
}
