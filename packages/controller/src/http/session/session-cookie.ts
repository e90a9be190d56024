import type { FastifyRequest } from 'fastify';
import { knownOrigins, isFromOwnPage } from '../consoles/own-origin.ts';
import { sendProblem } from '../routing/problem-reply.ts';
import { publicUrl } from '../openstack/public-url.ts';
import type { App } from '../routing/api.ts';

/** Sent by the dashboard with whatever changes something. A page of another origin cannot send it without being asked for leave. */
const proofHeader = 'x-ferry-dashboard';

const plainName = 'ferry-session';
/** Browsers take this one by TLS alone, for this host alone and for all of its paths. */
const secureName = '__Host-ferry-session';

/** The cookie of a sign-in: out of reach for scripts, and for requests that begin on pages of others. */
export function sessionCookie(request: FastifyRequest, token: string, maxAgeSeconds: number): string {
  const secure = isByTls(request);
  const parts = [
    `${secure ? secureName : plainName}=${token}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Strict',
    `Max-Age=${maxAgeSeconds}`,
  ];
  return [...parts, ...(secure ? ['Secure'] : [])].join('; ');
}

/** What takes the cookie away. */
export function endedCookie(request: FastifyRequest): string {
  return sessionCookie(request, '', 0);
}

/** The token in a request's cookie; null without one. */
export function tokenInCookie(request: FastifyRequest): string | null {
  const name = isByTls(request) ? secureName : plainName;
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=');
    // Keystone's are in base64url, and those that are signed (JWS) three such words with dots between them.
    if (key === name && value !== undefined && /^[\w.-]{1,4096}$/.test(value)) return value;
  }
  return null;
}

/**
 * Has the cookie of the dashboard stand for the token that other clients send themselves: what comes after it, in all APIs,
 * knows of tokens alone. Browsers send a cookie by themselves, so it counts only where the request is shown to come from the
 * controller's own page. Before any hook that asks who calls.
 */
export function takeSessionCookies(app: App): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { authorization, 'x-auth-token': shown } = request.headers;
    const token = tokenInCookie(request);
    if (token === null || authorization !== undefined || shown !== undefined) return done();
    const why = whyNotOwnPage(request);
    if (why !== null) return void sendProblem(reply, 'session-origin-refused', why);
    request.headers['x-auth-token'] = token;
    return done();
  });
}

/** Why a request may have been begun by a page of somebody else; null: it is the dashboard's. */
export function whyNotOwnPage(request: FastifyRequest): string | null {
  const site = request.headers['sec-fetch-site'];
  // `none`: somebody typed the address. Browsers say it by TLS and on loopback.
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return `The request was begun by a page of another origin (Sec-Fetch-Site: ${[site].flat().join(', ')}), and a session is for the dashboard of this controller alone.`;
  if (request.method === 'GET' || request.method === 'HEAD') return null;
  const known = knownOrigins(request.raw, request.server.place);
  if (!isFromOwnPage(request.raw, known))
    return `The request is from a page of ${request.headers.origin ?? ''}, and a session is for pages of ${known.join(', ')}.`;
  return request.headers[proofHeader] === undefined
    ? `What changes something needs the header ${proofHeader} beside the cookie of a session; the request has none.`
    : null;
}

function isByTls(request: FastifyRequest): boolean {
  return publicUrl(request).startsWith('https:');
}
