import { Command } from '@commander-js/extra-typings';
import { connectToIdentity } from '../connection.ts';
import { formatProjects } from '../output/identity-views.ts';
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
