import type { SignInBody } from '@ferry/api';
import { Refusal } from '../../engine/refusal.ts';

/** Longest wait for one answer. */
const timeoutMs = 15_000;

/** A token of a Keystone, and until when it lives. */
interface KeystoneToken {
  readonly token: string;
  /** UTC ISO 8601. */
  readonly expiresAt: string;
  /** Whether it is for a project or the system, and not just for who one is. */
  readonly isScoped: boolean;
}

/**
 * A token of a Keystone for whoever it believes (`POST /v3/auth/tokens`): for the project that is named, else for the user's
 * own one, else for the system, if there is a role in it. Refuses with `unauthorized` where it believes nobody.
 */
export async function signInAtKeystone(
  url: string,
  { user, password, project, domain }: SignInBody,
): Promise<KeystoneToken> {
  const named = { name: domain ?? 'Default' };
  const isNamed = project !== null && project !== undefined;
  const identity = { methods: ['password'], password: { user: { name: user, password, domain: named } } };
  const first = await authenticate(url, {
    identity,
    ...(isNamed ? { scope: { project: { name: project, domain: named } } } : {}),
  });
  if (first === null) throw new Refusal('unauthorized', '');
  if (isNamed || first.isScoped) return first;
  const byToken = { methods: ['token'], token: { id: first.token } };
  return (await authenticate(url, { identity: byToken, scope: { system: { all: true } } })) ?? first;
}

/** Null: Keystone does not believe it, or there is no role in what is asked for. */
async function authenticate(url: string, auth: object): Promise<KeystoneToken | null> {
  const reply = await request(`${url}/auth/tokens?nocatalog`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ auth }),
  });
  if (reply.status === 401 || reply.status === 403) return null;
  const token = reply.headers.get('x-subject-token');
  const told = await toldOf(reply);
  if (reply.status !== 201 || token === null || told === null)
    throw new Refusal('keystone-silent', `Keystone answered ${reply.status} to a sign-in, without a token.`);
  return { token, ...told };
}

/** Ends a token where it was made. One that has ended already is ended. */
export async function endKeystoneToken(url: string, token: string): Promise<void> {
  await request(`${url}/auth/tokens`, {
    method: 'DELETE',
    headers: { 'x-auth-token': token, 'x-subject-token': token },
  });
}

async function request(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, { ...init, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Refusal('keystone-silent', `Keystone at ${address} did not answer: ${why}.`, [], cause);
  }
}

async function toldOf(reply: Response): Promise<Pick<KeystoneToken, 'expiresAt' | 'isScoped'> | null> {
  const body = (await reply.json().catch(() => null)) as { token?: Record<string, unknown> } | null;
  const { expires_at: expiresAt, project, system } = body?.token ?? {};
  if (typeof expiresAt !== 'string') return null;
  return { expiresAt, isScoped: project !== undefined || system !== undefined };
}
