import type { SignInBody } from '@ferry/api';
import { Refusal } from '../../engine/refusal.ts';

/** Longest wait for one answer. */
const timeoutMs = 15_000;

/** A token of a Keystone for whoever it believes (`POST /v3/auth/tokens`). Refuses with `unauthorized` where it does not. */
export async function signInAtKeystone(
  url: string,
  { user, password, project, domain }: SignInBody,
): Promise<{ readonly token: string; readonly expiresAt: string }> {
  const named = { name: domain ?? 'Default' };
  const scope =
    project === null || project === undefined ? {} : { scope: { project: { name: project, domain: named } } };
  const reply = await request(`${url}/auth/tokens?nocatalog`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: user, password, domain: named } },
        },
        ...scope,
      },
    }),
  });
  const token = reply.headers.get('x-subject-token');
  if (reply.status === 401 || reply.status === 403) throw new Refusal('unauthorized', '');
  const expiresAt = expiryOf(await reply.json().catch(() => null));
  if (reply.status !== 201 || token === null || expiresAt === null)
    throw new Refusal('keystone-silent', `Keystone answered ${reply.status} to a sign-in, without a token.`);
  return { token, expiresAt };
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

function expiryOf(body: unknown): string | null {
  const token = (body as { token?: { expires_at?: unknown } } | null)?.token;
  return typeof token?.expires_at === 'string' ? token.expires_at : null;
}
