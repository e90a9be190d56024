import { closeSync, fstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { parse } from 'yaml';

const maxBytes = 1024 * 1024;
const uris = Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 2_048 })));
const schema = Compile(Type.Object({ uris, peerUris: uris }, { additionalProperties: false }));

/** What the owner of the controller lets hosts have beside plain URIs, letter by letter. */
export type AllowedUris =
  | { readonly kind: 'read'; readonly uris: ReadonlySet<string>; readonly peerUris: ReadonlySet<string> }
  /** It must not be believed, or cannot be read. */
  | { readonly kind: 'bad'; readonly why: string }
  | { readonly kind: 'none' };

/**
 * The file of URIs that only the controller's owner gives. It is read again whenever it has changed. It counts only when
 * it belongs to the user of the controller or to root and nobody else may write to it: who writes it has programs run as
 * that user.
 */
export class HostsFile {
  readonly path: string;
  #seen = '';
  #allowed: AllowedUris = { kind: 'none' };

  constructor(path: string) {
    this.path = path;
  }

  get allowed(): AllowedUris {
    try {
      const seen = markOf(statSync(this.path));
      if (seen !== this.#seen) this.#allowed = this.#read();
      this.#seen = seen;
    } catch (error) {
      this.#seen = '';
      this.#allowed =
        codeOf(error) === 'ENOENT' ? { kind: 'none' } : bad(`${this.path} cannot be read: ${wordsOf(error)}`);
    }
    return this.#allowed;
  }

  #read(): AllowedUris {
    const file = openSync(this.path, 'r');
    try {
      // Of what is open, and not of what has the name by now.
      const why = whyNotBelieved(this.path, fstatSync(file));
      return why === null ? allowedIn(this.path, readFileSync(file, 'utf8')) : bad(why);
    } finally {
      closeSync(file);
    }
  }
}

/** Why a file must not be believed; null when it may. */
function whyNotBelieved(path: string, stats: Stats): string | null {
  const { uid, mode, size } = stats;
  const own = process.geteuid?.() ?? 0;
  if (!stats.isFile()) return `${path} is no file`;
  if (uid !== own && uid !== 0)
    return `${path} belongs to the user ${uid}, and not to ${own}, whom the controller runs as, or root: chown ${own} ${path}`;
  if ((mode & 0o022) !== 0)
    return `${path} has the mode ${(mode & 0o777).toString(8)}, with which others may write to it: chmod go-w ${path}`;
  if (size > maxBytes) return `${path} has ${size} bytes, and ${maxBytes} are the most`;
  return null;
}

function allowedIn(path: string, text: string): AllowedUris {
  let value: unknown;
  try {
    value = parse(text) ?? {};
  } catch (error) {
    return bad(`${path} is no YAML: ${wordsOf(error)}`);
  }
  if (!schema.Check(value)) {
    const [first] = schema.Errors(value);
    const what = first === undefined ? '' : ` (${first.instancePath || 'the file'} ${first.message})`;
    return bad(`${path} must have lists of URIs under "uris" and "peerUris", and nothing else${what}`);
  }
  return { kind: 'read', uris: new Set(value.uris), peerUris: new Set(value.peerUris) };
}

/** Another one for another file, another content, another owner. */
function markOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs, ctimeMs].join(' ');
}

const bad = (why: string): AllowedUris => ({ kind: 'bad', why });
const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : null);
const wordsOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
