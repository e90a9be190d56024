import type { IncomingMessage } from 'node:http';
import type { Endpoint } from '../openstack/public-url.ts';

/** Hosts that pages may be from whose WebSocket this is: the controller's own, as clients reach it, and those that are named. */
export function knownOrigins(request: IncomingMessage, place: Endpoint): readonly string[] {
  const told = place.proxies.brought(request) ? [request.headers['x-forwarded-host']].flat()[0] : undefined;
  const asked = told?.split(',')[0]?.trim() ?? request.headers.host;
  const own = place.publicUrl === null ? null : originHost(place.publicUrl, 'http:');
  return [own, asked ?? null, ...place.consoleOrigins].filter((one) => one !== null);
}

/**
 * Whether a request for a WebSocket comes from a page of one of these hosts, or of no page: a browser always says which it
 * is (RFC 6455, 10.2), and whatever else comes is no browser.
 */
export function isFromOwnPage(
  { headers }: Pick<IncomingMessage, 'headers'>,
  known: readonly string[],
): boolean {
  const { origin } = headers;
  if (origin === undefined) return true;
  const url = URL.parse(origin);
  if (url === null || url.host === '') return false;
  // A port that the origin leaves out, as its protocol's own, is left out of the others too.
  return known.some((one) => originHost(one, url.protocol) === url.host);
}

function originHost(text: string, protocol: string): string | null {
  return URL.parse(text.includes('://') ? text : `${protocol}//${text}`)?.host ?? null;
}
