/** The query of a URI, taken apart: every parameter once, by its name in lower case. */
export class UriParameters {
  readonly #values: ReadonlyMap<string, { readonly name: string; readonly value: string }>;
  readonly #refuse: (why: string) => Error;

  /**
   * Parameters stand between `&` or `;`. Names are told apart without case, of two the last counts, and a plus sign is
   * itself: only forms write spaces so (libvirt's viruri.c).
   */
  constructor(query: string, refuse: (why: string) => Error) {
    this.#refuse = refuse;
    const values = new Map<string, { name: string; value: string }>();
    for (const piece of query.split(/[&;]/)) {
      const [rawName = '', ...rest] = piece.split('=');
      if (rawName === '') continue;
      const name = decodePercent(rawName, refuse);
      values.set(name.toLowerCase(), { name, value: decodePercent(rest.join('='), refuse) });
    }
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Null when the URI does not name it. What is named must not be empty. */
  text(name: string): string | null {
    const value = this.#values.get(name)?.value ?? null;
    if (value === '') throw this.#refuse(`the parameter "${name}" is empty`);
    return value;
  }

  /** False when the URI does not name it; any number but 0 is true. */
  flag(name: string): boolean {
    const value = this.#values.get(name)?.value ?? '0';
    if (!/^[+-]?\d{1,9}$/.test(value))
      throw this.#refuse(`the parameter "${name}" is 0 or 1, not "${value}"`);
    return Number(value) !== 0;
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | null {
    const value = this.text(name);
    const chosen = choices.find((choice) => choice === value) ?? null;
    if (value !== null && chosen === null) {
      throw this.#refuse(`the parameter "${name}" is one of ${choices.join(', ')}, not "${value}"`);
    }
    return chosen;
  }

  /** The names that it holds, as the URI writes them. */
  get names(): readonly string[] {
    return [...this.#values.keys()];
  }

  /** Writes some of the parameters as a query again, with its question mark; empty when there are none. */
  format(keep: (name: string) => boolean): string {
    const kept = [...this.#values].filter(([name]) => keep(name));
    const pairs = kept.map(
      ([, { name, value }]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
    );
    return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
  }
}

/** Undoes percent-encoding; refuses what is no UTF-8, and zero bytes, which end texts early elsewhere. */
export function decodePercent(text: string, refuse: (why: string) => Error): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    throw refuse(`"${text}" is not percent-encoded UTF-8`);
  }
  if (decoded.includes('\0')) throw refuse(`"${text}" has a zero byte in it`);
  return decoded;
}

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
