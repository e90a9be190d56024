import { askedMicroversion, newestMicroversion } from '@ferry/api';
import type { FastifyRequest } from 'fastify';
import type { App } from '../routing/api.ts';
import { NovaFault } from './nova-fault.ts';
import type { Access } from '../access/access.ts';
import { type Hidden, hidden } from '../access/require-access.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** N of the 2.N that this request is answered with. */
    microversion: number;
  }
  interface FastifyContextConfig {
    /** First microversion in which the compute API has this route; absent: all. */
    since?: number;
    /** Last microversion that has it; absent: all. */
    until?: number;
  }
}

/** Answers each request in the microversion that it asks for, and says which one that was. */
export function honourMicroversions(app: App): void {
  app.decorateRequest('microversion', 1);
  app.addHook('onRequest', (request, reply, done) => {
    const asked = askedMicroversion(request.headers);
    void reply.header('Vary', 'OpenStack-API-Version, X-OpenStack-Nova-API-Version');
    if (asked.kind === 'malformed') {
      const message = `API Version String ${asked.text} is of invalid format. Must be of format MajorNum.MinorNum.`;
      return done(new NovaFault(400, message));
    }
    const told = asked.kind === 'version' ? `2.${asked.minor}` : asked.text;
    void reply.header('OpenStack-API-Version', `compute ${told}`);
    void reply.header('X-OpenStack-Nova-API-Version', told);
    if (asked.kind === 'unsupported') {
      const message = `Version ${asked.text} is not supported by the API. Minimum is 2.1 and maximum is 2.${newestMicroversion}.`;
      return done(new NovaFault(406, message));
    }
    request.microversion = asked.minor;
    const { since = 1, until = newestMicroversion } = request.routeOptions.config;
    if (asked.minor >= since && asked.minor <= until) return done();
    return done(new NovaFault(404, 'The resource could not be found.'));
  });
}

/** Whether the caller asked for 2.N or later. */
export function speaks(request: FastifyRequest, minor: number): boolean {
  return request.microversion >= minor;
}

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
