import type { Access } from '../access/access.ts';
import { type Hidden, hidden } from '../access/hidden.ts';

/** Options of a route of the compute API: who may call it, and the microversions 2.N that have it. */
export function spoken(access: Access, since?: number, until?: number): SpokenOptions {
  const { config, schema } = hidden(access);
  return {
    config: {
      ...config,
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
    },
    schema,
  };
}

interface SpokenOptions extends Hidden {
  readonly config: Hidden['config'] & { readonly since?: number; readonly until?: number };
}
