/** Where the OpenStack APIs are found, as the catalog tells it. */
export interface Place {
  /** By which address clients reach Ferry; null: by whichever a request came. */
  readonly publicUrl: string | null;
  readonly region: string;
}

declare module 'fastify' {
  interface FastifyInstance {
    place: Place;
  }
}

/** What holds when nothing else is said. */
export const usualPlace: Place = { publicUrl: null, region: 'RegionOne' };
