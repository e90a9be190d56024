import type { Access } from './access.ts';

/** Options of a route that Ferry's own document of its API tells nothing of. */
export interface Hidden {
  readonly config: { readonly access: Access };
  readonly schema: { readonly hide: true };
}

/** A route of the OpenStack APIs, and who may call it. */
export function hidden(access: Access): Hidden {
  return { config: { access }, schema: { hide: true } };
}
