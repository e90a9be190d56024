import type { FastifyRequest } from 'fastify';
import type { App } from '../routing/api.ts';
import { type Access, mayCall, type OpenstackAccess, type Who } from './access.ts';

/** A route and who may call it. */
export interface DeclaredRoute {
  readonly method: string;
  /** With its prefix and parameters. */
  readonly url: string;
  readonly access: Access;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** All routes, in the order in which they were made. */
    declaredRoutes: DeclaredRoute[];
  }
}

/** Refuses, when it is made, a route that does not say who may call it. Before any route. */
export function requireDeclaredAccess(app: App): void {
  const declared: DeclaredRoute[] = [];
  app.decorate('declaredRoutes', declared);
  app.addHook('onRoute', ({ method, url, config }) => {
    const access = config?.access;
    const methods = [method].flat();
    const route = `${methods.join(', ')} ${url}`;
    if (access === undefined)
      throw new Error(`The route ${route} does not say who may call it: it needs config.access.`);
    const isFerrys = url.startsWith('/ferry/') || url === '/metrics';
    if (access.kind !== 'everybody' && (access.kind === 'ferry') !== isFerrys)
      throw new Error(`The route ${route} has the access "${access.kind}", which another API looks at.`);
    for (const one of methods) if (one !== 'HEAD') declared.push({ method: one, url, access });
  });
}

/**
 * Lets only those in who have the role that a route declares, before its body is read. After the hook that finds out who
 * calls; `who` and `refusal` as the API has them.
 */
export function requireAccess(
  app: App,
  who: (request: FastifyRequest) => Who,
  refusal: (access: OpenstackAccess) => Error,
): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { access } = request.routeOptions.config;
    if (request.is404 || access?.kind !== 'openstack') return done();
    const allowed = mayCall(access, who(request), request.params as Record<string, string>);
    return done(allowed ? undefined : refusal(access));
  });
}

/** Whether whoever calls is to be known: routes for everybody, and what is no route, are open. */
export function needsToken(request: FastifyRequest): boolean {
  return !request.is404 && request.routeOptions.config.access?.kind !== 'everybody';
}

/** Options of a route that Ferry's own document of its API tells nothing of. */
export interface Hidden {
  readonly config: { readonly access: Access };
  readonly schema: { readonly hide: true };
}

/** A route of the OpenStack APIs, and who may call it. */
export function hidden(access: Access): Hidden {
  return { config: { access }, schema: { hide: true } };
}
