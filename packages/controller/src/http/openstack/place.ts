import { TrustedProxies } from './trusted-proxies.ts';

/** Where the APIs are found, as the catalog tells it, and who is believed about that. */
export interface Place {
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
    place: Place;
  }
}

/** What holds when nothing else is said. */
export const usualPlace: Place = {
  publicUrl: null,
  region: 'RegionOne',
  proxies: new TrustedProxies(),
  consoleOrigins: [],
};
