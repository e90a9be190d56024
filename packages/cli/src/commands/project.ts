import { Command } from '@commander-js/extra-typings';
import type { IdentityClient, RoleScope, UserBody } from '@ferry/api/client';
import { connectToIdentity } from '../connection.ts';
import { formatAssignments, formatProjects } from '../output/identity-views.ts';
import { print } from '../output/print.ts';
import { clientCommand } from './client-command.ts';

/** `ferry project …`. */
export function addProjectCommands(program: Command): void {
  const project = new Command('project')
    .exitOverride()
    .description('projects, whom instances belong to: create, list, delete');
  project.addCommand(
    clientCommand('create')
      .description('make a project; nobody has a role in it yet')
      .argument('<name>')
      .option('--description <text>', 'for people')
      .addHelpText(
        'after',
        '\nExample:\n  ferry project create research --description "the lab on the hill"\n',
      )
      .action(async (name, options) => {
        const { description } = options;
        const made = await connectToIdentity(options).createProject({
          name,
          ...(description === undefined ? {} : { description }),
        });
        print(options.output, made, () => formatProjects([made]));
      }),
  );
  project.addCommand(
    clientCommand('list')
      .description('all projects')
      .action(async (options) => {
        const projects = await connectToIdentity(options).projects();
        print(options.output, projects, () => formatProjects(projects));
      }),
  );
  project.addCommand(
    clientCommand('delete')
      .description('take a project away that no instance belongs to')
      .argument('<project>', 'name or id')
      .action(async (name, options) => {
        const identity = connectToIdentity(options);
        const found = await identity.project(name);
        await identity.deleteProject(found.id);
        print(options.output, found, () => `deleted: ${found.name}`);
      }),
  );
  program.addCommand(project);
}

/** `ferry role …`. */
export function addRoleCommands(program: Command): void {
  const role = new Command('role')
    .exitOverride()
    .description('who may do what: admin, manager, member and reader, in a project or in the system');
  role.addCommand(
    grantCommand('add')
      .description('give a user a role')
      .addHelpText(
        'after',
        '\nExamples:\n  ferry role add member --user ada --project research\n  ferry role add reader --user auditor --system\n',
      )
      .action(async (name, options) => {
        const identity = connectToIdentity(options);
        const { user, scope } = await readGrant(identity, options);
        await identity.grantRole(user.id, name, scope);
        const roles = await identity.roleAssignments({ userId: user.id });
        print(options.output, roles, () => formatAssignments(roles));
      }),
  );
  role.addCommand(
    grantCommand('remove')
      .description('take a role away, with the tokens and application credentials that rest on it')
      .action(async (name, options) => {
        const identity = connectToIdentity(options);
        const { user, scope } = await readGrant(identity, options);
        await identity.revokeRole(user.id, name, scope);
        const roles = await identity.roleAssignments({ userId: user.id });
        print(options.output, roles, () => formatAssignments(roles));
      }),
  );
  role.addCommand(
    clientCommand('list')
      .description('who has which role where')
      .option('--user <user>', 'of one user')
      .option('--project <project>', 'in one project')
      .action(async (options) => {
        const identity = connectToIdentity(options);
        const user = options.user === undefined ? null : await identity.user(options.user);
        const project = options.project === undefined ? null : await identity.project(options.project);
        const roles = await identity.roleAssignments({
          ...(user === null ? {} : { userId: user.id }),
          ...(project === null ? {} : { projectId: project.id }),
        });
        print(options.output, roles, () => formatAssignments(roles));
      }),
  );
  program.addCommand(role);
}

/** The arguments of giving and of taking; Commander's type of it follows from them. */
function grantCommand(name: string) {
  return clientCommand(name)
    .argument('<role>', 'admin, manager, member or reader')
    .requiredOption('--user <user>', 'name or id')
    .option('--project <project>', 'in a project, by its name or id')
    .option('--system', 'in the whole system: what belongs to all projects');
}

async function readGrant(
  identity: IdentityClient,
  given: { readonly user: string; readonly project?: string | undefined; readonly system?: true | undefined },
): Promise<{ user: UserBody; scope: RoleScope }> {
  if ((given.project === undefined) === (given.system === undefined))
    throw new Error('A role is held in a project or in the system: give one of --project and --system.');
  const user = await identity.user(given.user);
  const scope =
    given.project === undefined ? 'system' : { projectId: (await identity.project(given.project)).id };
  return { user, scope };
}
