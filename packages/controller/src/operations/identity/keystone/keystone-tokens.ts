import type { Caller, ProjectRole } from '@ferry/model';
import { Refusal } from '../../engine/refusal.ts';

/** A real Keystone that knows the users, and whom Ferry asks it as. */
export interface KeystoneSettings {
  /** `http://host:5000` or `…/v3`. */
  readonly url: string;
  readonly user: {
    readonly name: string;
    readonly password: string;
    readonly domainName: string;
    readonly projectName: string;
    readonly projectDomainName: string;
  };
  /** What Keystone's roles count as here, by their names; those that are not in it keep their own. */
  readonly roleMap: Readonly<Record<string, ProjectRole>>;
  /** Longest wait for Keystone, all that one token needs included. */
  readonly timeoutMs: number;
}

/** Who a token stands for, as Keystone says, and until when. */
interface TokenBody {
  readonly caller: Caller;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
}

/**
 * Reads Keystone's answer to `GET /v3/auth/tokens`; null when it is not one. Roles in the map are told as what it has for
 * them. Roles in a domain are not told: they say what somebody may do with users there, and nothing of instances.
 */
export function readTokenBody(
  text: string,
  roleMap: Readonly<Record<string, ProjectRole>>,
): TokenBody | null {
  const token = fieldOf(parse(text), 'token');
  const user = fieldOf(token, 'user');
  const project = fieldOf(token, 'project');
  const userId = fieldOf(user, 'id');
  const userName = fieldOf(user, 'name');
  const expires = fieldOf(token, 'expires_at');
  if (typeof userId !== 'string' || typeof userName !== 'string' || typeof expires !== 'string') return null;
  const expiresAtMs = Date.parse(expires);
  if (Number.isNaN(expiresAtMs)) return null;
  const scoped = project !== undefined || fieldOf(token, 'system') !== undefined;
  const names = [scoped ? fieldOf(token, 'roles') : []]
    .flat()
    .map((role) => fieldOf(role, 'name'))
    .filter((name) => typeof name === 'string');
  const roles = [
    ...new Set(names.map((name) => (Object.hasOwn(roleMap, name) ? (roleMap[name] ?? name) : name))),
  ];
  return {
    caller: {
      userId,
      userName,
      projectId: textOf(project, 'id'),
      projectName: textOf(project, 'name'),
      roles,
    },
    expiresAtMs,
  };
}

function textOf(value: unknown, name: string): string | null {
  const field = fieldOf(value, name);
  return typeof field === 'string' ? field : null;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How long Keystone's word for a token is taken without asking again, and never beyond the token's expiry. */
const keptMs = 60_000;
const maxKept = 10_000;

interface Kept {
  readonly caller: Caller;
  /** Milliseconds since 1970. */
  readonly untilMs: number;
}

/** Tokens that a real Keystone has issued: who they stand for is asked of it, with a service user's token. */
export class KeystoneTokens {
  readonly #settings: KeystoneSettings;
  readonly #nowMs: () => number;
  readonly #kept = new Map<string, Kept>();
  readonly #asking = new Map<string, Promise<Caller | null>>();
  #own: Promise<string> | null = null;

  constructor(settings: KeystoneSettings, nowMs: () => number) {
    this.#settings = settings;
    this.#nowMs = nowMs;
  }

  /** Where clients get their tokens. */
  get url(): string {
    return `${this.#settings.url.replace(/\/+$/, '').replace(/\/v3$/, '')}/v3`;
  }

  /** Who a token stands for; null when Keystone does not know it. Refuses with `keystone-silent` when it cannot be asked. */
  async callerOf(token: string): Promise<Caller | null> {
    const kept = this.#kept.get(token);
    if (kept !== undefined && this.#nowMs() < kept.untilMs) return kept.caller;
    this.#kept.delete(token);
    // Several requests with one token at once are one question.
    const asking = this.#asking.get(token) ?? this.#ask(token).finally(() => this.#asking.delete(token));
    this.#asking.set(token, asking);
    return asking;
  }

  /** Has Keystone asked again at the next use of a token: it was ended here. */
  forget(token: string): void {
    this.#kept.delete(token);
  }

  async #ask(token: string): Promise<Caller | null> {
    const signal = AbortSignal.timeout(this.#settings.timeoutMs);
    let answer = await this.#validate(token, signal);
    // 401 is about Ferry's own token, which may have ended; the one that is asked about gives 404.
    if (answer.status === 401) {
      this.#own = null;
      answer = await this.#validate(token, signal);
    }
    if (answer.status === 404) return null;
    if (answer.status !== 200)
      throw this.#silent(`it answered ${answer.status} when it was asked about a token: ${answer.text}`);
    const { caller, expiresAtMs } = this.#read(answer.text);
    if (expiresAtMs <= this.#nowMs()) return null;
    if (this.#kept.size >= maxKept) this.#kept.clear();
    this.#kept.set(token, { caller, untilMs: Math.min(this.#nowMs() + keptMs, expiresAtMs) });
    return caller;
  }

  async #validate(token: string, signal: AbortSignal): Promise<{ status: number; text: string }> {
    const own = await this.#ownToken(signal);
    return this.#request('/auth/tokens?nocatalog', {
      signal,
      headers: { 'x-auth-token': own, 'x-subject-token': token },
    });
  }

  /** The service user's token, got when it is needed. */
  #ownToken(signal: AbortSignal): Promise<string> {
    const own = this.#own ?? this.#signIn(signal);
    this.#own = own;
    own.catch(() => {
      if (this.#own === own) this.#own = null;
    });
    return own;
  }

  async #signIn(signal: AbortSignal): Promise<string> {
    const { name, password, domainName, projectName, projectDomainName } = this.#settings.user;
    const body = {
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name, password, domain: { name: domainName } } },
        },
        scope: { project: { name: projectName, domain: { name: projectDomainName } } },
      },
    };
    const { status, text, headers } = await this.#request('/auth/tokens', {
      method: 'POST',
      signal,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const token = headers.get('x-subject-token');
    if (status === 201 && token !== null) return token;
    const who = `"${name}" for project "${projectName}"`;
    throw this.#silent(`it answered ${status} when the service user ${who} signed in: ${text}`);
  }

  async #request(
    path: string,
    init: RequestInit & { signal: AbortSignal },
  ): Promise<{ status: number; text: string; headers: Headers }> {
    try {
      const response = await fetch(`${this.url}${path}`, { redirect: 'error', ...init });
      return { status: response.status, text: await response.text(), headers: response.headers };
    } catch (cause) {
      const late = init.signal.aborted ? `nothing came within ${this.#settings.timeoutMs} ms` : whyOf(cause);
      throw this.#silent(late, cause);
    }
  }

  #read(text: string): TokenBody {
    const read = readTokenBody(text, this.#settings.roleMap);
    if (read === null) throw this.#silent(`its answer about a token is none: ${text}`);
    return read;
  }

  #silent(why: string, cause?: unknown): Refusal {
    return new Refusal('keystone-silent', `Keystone at ${this.url}: ${why.slice(0, 400)}.`, [], cause);
  }
}

/** The reason that `fetch` hides behind "fetch failed". */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}
