import { AuthRequestSchema, readAuthRequest } from '@ferry/api';
import { type RoleAssignment, theDomain, type TokenFacts } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { clientAddress, publicUrl } from '../openstack/public-url.ts';
import { everybody, ofNobody, ofOwn } from '../access/access.ts';
import { hidden } from '../access/require-access.ts';
import type { App } from '../routing/api.ts';
import { domainBody, listBody, projectBody, tokenBody } from './bodies.ts';
import { catalogAt } from './catalog-routes.ts';
import { forbidden, type IdentityOptions, isAdmin } from './identity-caller.ts';
import { IdentityFault, identityUrl } from './identity-fault.ts';
import { issueToken } from '../../operations/identity/issue-token.ts';
import { readToken, revokeToken } from '../../operations/identity/read-token.ts';

/** Getting, looking at and ending tokens, and what somebody can get one for. */
export function authRoutes(app: App, { identity }: IdentityOptions): Promise<void> {
  app.post(
    '/auth/tokens',
    {
      config: { access: everybody, audit: false },
      schema: { hide: true, body: AuthRequestSchema, querystring: Type.Object({}) },
    },
    async (request, reply) => {
      const asked = readAuthRequest(request.body);
      if ('message' in asked) throw new IdentityFault(asked.kind === 'malformed' ? 400 : 401, asked.message);
      const { token, facts } = await issueToken(identity, asked, clientAddress(request));
      return reply
        .code(201)
        .header('X-Subject-Token', token)
        .send(tokenBody(facts, catalogFor(request)));
    },
  );
  app.get('/auth/tokens', hidden(ofOwn('validate_token')), async (request, reply) => {
    const { subject, facts } = await subjectOf(request, 'validate_token');
    return reply.header('X-Subject-Token', subject).send(tokenBody(facts, catalogFor(request)));
  });
  app.delete('/auth/tokens', hidden(ofOwn('revoke_token')), async (request, reply) => {
    const { subject } = await subjectOf(request, 'revoke_token');
    if (!(await revokeToken(identity, subject)))
      throw new IdentityFault(
        403,
        "Ferry's own tokens are not ended here: take the file of the data directory away.",
      );
    return reply.code(204).send();
  });
  scopeRoutes(app, { identity });
  return Promise.resolve();

  /** The token that a request is about: the caller's own, or any for an administrator. */
  async function subjectOf(
    request: FastifyRequest,
    action: string,
  ): Promise<{ subject: string; facts: TokenFacts }> {
    const subject = request.headers['x-subject-token'];
    if (typeof subject !== 'string') throw new IdentityFault(400, 'The header X-Subject-Token is missing.');
    const facts = await readToken(identity, subject);
    if (facts === null) throw new IdentityFault(404, 'Could not find token.');
    if (facts.user.id !== request.facts.user.id && !isAdmin(request)) throw forbidden(action);
    return { subject, facts };
  }
}

function scopeRoutes(app: App, { identity }: IdentityOptions): void {
  app.get('/auth/catalog', hidden(ofNobody('get_auth_catalog')), (request) => {
    if (request.facts.target === null)
      throw new IdentityFault(403, 'The token is for nothing that has a catalog.');
    return {
      catalog: catalogAt(publicUrl(request), request.server.place.region),
      links: { self: `${identityUrl(request)}/auth/catalog` },
    };
  });
  app.get('/auth/projects', hidden(ofOwn('get_auth_projects')), async (request) => {
    const [held, projects] = await Promise.all([heldBy(request), identity.store.projects.list()]);
    const ids = new Set(held.map(({ target }) => (target.kind === 'project' ? target.id : '')));
    const open = projects.filter(({ id, enabled }) => enabled && ids.has(id));
    const bodies = open.map((one) => projectBody(one, identityUrl(request)));
    return listBody('projects', bodies, `${identityUrl(request)}/auth/projects`);
  });
  app.get('/auth/domains', hidden(ofOwn('get_auth_domains')), async (request) => {
    const held = (await heldBy(request)).some(({ target }) => target.kind === 'domain');
    return listBody(
      'domains',
      held ? [domainBody(identityUrl(request))] : [],
      `${identityUrl(request)}/auth/domains`,
    );
  });
  app.get('/auth/system', hidden(ofOwn('get_auth_system')), async (request) => {
    const held = (await heldBy(request)).some(({ target }) => target.kind === 'system');
    return { system: held ? [{ all: true }] : [], links: { self: `${identityUrl(request)}/auth/system` } };
  });
  app.get('/domains', hidden(ofNobody('list_domains')), (request) => {
    const { name, enabled } = request.query as { name?: string; enabled?: string };
    const there = (name ?? theDomain.name) === theDomain.name && !/^(?:false|0)$/i.test(enabled ?? '');
    return listBody(
      'domains',
      there ? [domainBody(identityUrl(request))] : [],
      `${identityUrl(request)}/domains`,
    );
  });
  app.get(
    '/domains/:id',
    {
      config: { access: ofNobody('get_domain') },
      schema: { hide: true, params: Type.Object({ id: Type.String() }) },
    },
    (request) => {
      if (request.params.id !== theDomain.id)
        throw new IdentityFault(404, `Could not find domain: ${request.params.id}.`);
      return { domain: domainBody(identityUrl(request)) };
    },
  );

  function heldBy(request: FastifyRequest): Promise<RoleAssignment[]> {
    return identity.store.roleAssignments.list({ userId: request.facts.user.id });
  }
}

/** The catalog, unless the caller does not want it. */
function catalogFor(request: FastifyRequest): object[] | null {
  const wanted = !new URL(request.url, 'http://here').searchParams.has('nocatalog');
  return wanted ? catalogAt(publicUrl(request), request.server.place.region) : null;
}
