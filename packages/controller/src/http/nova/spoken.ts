/** Options of a route of the compute API: the microversions 2.N that have it. Ferry's own document of its API tells none of them. */
export function spoken(since?: number, until?: number): SpokenOptions {
  return {
    config: { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) },
    schema: { hide: true },
  };
}

interface SpokenOptions {
  readonly config: { readonly since?: number; readonly until?: number };
  readonly schema: { readonly hide: true };
}
