import type { FastifyRequest } from 'fastify';
import { TrustedProxies } from './trusted-proxies.ts';

/**
 * The address by which the caller reached Ferry, `http://host:port`, for links and the catalog: what the operator said,
 * or a proxy does that is named (`--trusted-proxy`), or else the request's own `Host`.
 */
export function publicUrl(request: FastifyRequest): string {
  const { publicUrl: said, proxies } = request.server.place;
  if (said !== null) return said.replace(/\/+$/, '');
  const told = proxies.brought(request.raw) ? request.headers : {};
  const protocol = first(told['x-forwarded-proto']) ?? request.protocol;
  const host = first(told['x-forwarded-host']) ?? request.headers.host ?? 'localhost';
  return `${protocol}://${host}`;
}

function first(header: string | string[] | undefined): string | undefined {
  const [value] = [header].flat();
  const text = value?.split(',')[0]?.trim();
  return text === '' ? undefined : text;
}

/** Where the APIs are found, as the catalog tells it, and who is believed about that. */
export interface Endpoint {
  /** By which address clients reach Ferry; null: by whichever a request came. */
  readonly publicUrl: string | null;
  readonly region: string;
  /** Whose `X-Forwarded-…` are read. */
  readonly proxies: TrustedProxies;
  /** Hosts of pages that may show consoles, beside the controller's own: `https://horizon.example.org`. */
  readonly consoleOrigins: readonly string[];
}

declare module 'fastify' {
  interface FastifyInstance {
    place: Endpoint;
  }
}

/** What holds when nothing else is said. */
export const defaultPlace: Endpoint = {
  publicUrl: null,
  region: 'RegionOne',
  proxies: new TrustedProxies(),
  consoleOrigins: [],
};
