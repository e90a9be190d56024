import { ChangedProjectSchema, NewProjectSchema } from '@ferry/api';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type Access, ofAll, ofHeldProject } from '../access/access.ts';
import { hidden } from '../access/require-access.ts';
import type { App } from '../routing/api.ts';
import { listBody, projectBody, filtered } from './bodies.ts';
import { forbidden, type IdentityOptions, isAdmin } from './identity-caller.ts';
import { identityUrl } from './identity-fault.ts';
import {
  changeProject,
  createProject,
  deleteProject,
  findProject,
} from '../../operations/identity/projects.ts';

const params = Type.Object({ id: Type.String() });
function one(access: Access) {
  return { config: { access }, schema: { hide: true, params } } as const;
}

/** Projects: list, make, show, change, delete. */
export function projectRoutes(app: App, { identity }: IdentityOptions): Promise<void> {
  app.get('/projects', hidden(ofAll('admin', 'list_projects')), async (request) => {
    const projects = filtered(await identity.store.projects.list(), request.query);
    const bodies = projects.map((project) => projectBody(project, identityUrl(request)));
    return listBody('projects', bodies, `${identityUrl(request)}/projects`);
  });
  app.post(
    '/projects',
    { config: { access: ofAll('admin', 'create_project') }, schema: { hide: true, body: NewProjectSchema } },
    async (request, reply) => {
      const project = await createProject(identity, request.body.project);
      return reply.code(201).send({ project: projectBody(project, identityUrl(request)) });
    },
  );
  app.get('/projects/:id', one(ofHeldProject('get_project', 'id')), async (request) => {
    if (!isAdmin(request) && !(await hasRoleIn(request, request.params.id))) throw forbidden('get_project');
    return { project: projectBody(await findProject(identity, request.params.id), identityUrl(request)) };
  });
  app.patch(
    '/projects/:id',
    {
      config: { access: ofAll('admin', 'update_project') },
      schema: { hide: true, params, body: ChangedProjectSchema },
    },
    async (request) => {
      const project = await changeProject(identity, request.params.id, request.body.project);
      return { project: projectBody(project, identityUrl(request)) };
    },
  );
  app.delete('/projects/:id', one(ofAll('admin', 'delete_project')), async (request, reply) => {
    await deleteProject(identity, request.params.id);
    return reply.code(204).send();
  });
  return Promise.resolve();

  async function hasRoleIn(request: FastifyRequest, id: string): Promise<boolean> {
    const userId = request.facts.user.id;
    return (
      (await identity.store.roleAssignments.list({ userId, target: { kind: 'project', id } })).length > 0
    );
  }
}
