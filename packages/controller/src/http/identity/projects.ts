import { ChangedProjectSchema, NewProjectSchema } from '@ferry/api';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { App } from '../route-options.ts';
import { listBody, projectBody } from './bodies.ts';
import { filtered } from './filtered.ts';
import type { IdentityOptions } from './identity-controls.ts';
import { forbidden, isAdmin, requireAdmin } from './identity-caller.ts';
import { identityUrl } from './identity-url.ts';

const params = Type.Object({ id: Type.String() });
const one = { schema: { hide: true, params } } as const;

/** Projects: list, make, show, change, delete. */
export function projectRoutes(app: App, { identity }: IdentityOptions): Promise<void> {
  app.get('/projects', { schema: { hide: true } }, async (request) => {
    requireAdmin(request, 'list_projects');
    const projects = filtered(await identity.projects(), request.query);
    const bodies = projects.map((project) => projectBody(project, identityUrl(request)));
    return listBody('projects', bodies, `${identityUrl(request)}/projects`);
  });
  app.post('/projects', { schema: { hide: true, body: NewProjectSchema } }, async (request, reply) => {
    requireAdmin(request, 'create_project');
    const project = await identity.createProject(request.body.project);
    return reply.code(201).send({ project: projectBody(project, identityUrl(request)) });
  });
  app.get('/projects/:id', one, async (request) => {
    if (!isAdmin(request) && !(await hasRoleIn(request, request.params.id))) throw forbidden('get_project');
    return { project: projectBody(await identity.project(request.params.id), identityUrl(request)) };
  });
  app.patch(
    '/projects/:id',
    { schema: { hide: true, params, body: ChangedProjectSchema } },
    async (request) => {
      requireAdmin(request, 'update_project');
      const project = await identity.changeProject(request.params.id, request.body.project);
      return { project: projectBody(project, identityUrl(request)) };
    },
  );
  app.delete('/projects/:id', one, async (request, reply) => {
    requireAdmin(request, 'delete_project');
    await identity.deleteProject(request.params.id);
    return reply.code(204).send();
  });
  return Promise.resolve();

  async function hasRoleIn(request: FastifyRequest, id: string): Promise<boolean> {
    const userId = request.facts.user.id;
    return (await identity.roleAssignments({ userId, target: { kind: 'project', id } })).length > 0;
  }
}
