import { Command } from '@commander-js/extra-typings';
import { connectToIdentity } from '../connection.ts';
import { formatUser, formatUsers } from '../output/identity-views.ts';
import { print } from '../output/print.ts';
import { type PasswordSource, readPassword } from '../read-password.ts';
import { clientCommand } from './client-command.ts';

/** `ferry user …`. */
export function addUserCommands(program: Command): void {
  const user = new Command('user')
    .exitOverride()
    .description('users who sign in by the identity API: create, list, show, set, delete');
  user.addCommand(
    clientCommand('create')
      .description('make a user; a password is made and shown once, unless it is given')
      .argument('<name>')
      .option('--project <project>', 'a project to give them a role in')
      .option('--role <role>', 'which role: admin, manager, member or reader', 'member')
      .option('--email <address>')
      .option('--description <text>', 'for people')
      .option('--password-stdin', 'the password is what comes on the standard input')
      .option('--ask-password', 'ask for the password on the terminal')
      .addHelpText(
        'after',
        '\nExamples:\n  ferry user create ada --project research\n  pass show ada | ferry user create ada --project research --role manager --password-stdin\n',
      )
      .action(async (name, options) => {
        const { project: projectName, role, email, description } = options;
        const identity = connectToIdentity(options);
        // What is not there is found before anything is made.
        const project = projectName === undefined ? null : await identity.project(projectName);
        const { password, generated } = await readPassword(sourceOf(options) ?? 'generated');
        const made = await identity.createUser({
          name,
          password,
          ...(project === null ? {} : { default_project_id: project.id }),
          ...(email === undefined ? {} : { email }),
          ...(description === undefined ? {} : { description }),
        });
        if (project !== null) await identity.grantRole(made.id, role, { projectId: project.id });
        const shown = generated ? { ...made, password } : made;
        const roles = await identity.roleAssignments({ userId: made.id });
        print(options.output, shown, () => formatUser(made, roles, generated ? password : undefined));
      }),
  );
  user.addCommand(
    clientCommand('list')
      .description('all users')
      .action(async (options) => {
        const users = await connectToIdentity(options).users();
        print(options.output, users, () => formatUsers(users));
      }),
  );
  user.addCommand(
    clientCommand('show')
      .description('one user and their roles')
      .argument('<user>', 'name or id')
      .action(async (name, options) => {
        const identity = connectToIdentity(options);
        const found = await identity.user(name);
        const roles = await identity.roleAssignments({ userId: found.id });
        print(options.output, { ...found, roles }, () => formatUser(found, roles));
      }),
  );
  addChangeCommands(user);
  program.addCommand(user);
}

function addChangeCommands(user: Command): void {
  user.addCommand(
    clientCommand('set')
      .description('change a user; a new password, and --disable, end all of their tokens')
      .argument('<user>', 'name or id')
      .option('--name <name>')
      .option('--email <address>')
      .option('--description <text>', 'for people')
      .option('--enable', 'they may sign in')
      .option('--disable', 'they may not, and their tokens are no longer good')
      .option('--password-stdin', 'a new password, which comes on the standard input')
      .option('--ask-password', 'a new password, asked for on the terminal')
      .option('--generate-password', 'a new password, made and shown once')
      .addHelpText(
        'after',
        '\nExamples:\n  ferry user set ada --disable\n  ferry user set admin --generate-password\n',
      )
      .action(async (name, options) => {
        const { email, description, enable, disable } = options;
        if (enable === true && disable === true)
          throw new Error('--enable and --disable are not given together.');
        const identity = connectToIdentity(options);
        const found = await identity.user(name);
        const source = sourceOf(options);
        const read = source === null ? null : await readPassword(source);
        const changed = await identity.changeUser(found.id, {
          ...(options.name === undefined ? {} : { name: options.name }),
          ...(email === undefined ? {} : { email }),
          ...(description === undefined ? {} : { description }),
          ...(enable === true ? { enabled: true } : {}),
          ...(disable === true ? { enabled: false } : {}),
          ...(read === null ? {} : { password: read.password }),
        });
        const password = read?.generated === true ? read.password : undefined;
        const shown = password === undefined ? changed : { ...changed, password };
        const roles = await identity.roleAssignments({ userId: changed.id });
        print(options.output, shown, () => formatUser(changed, roles, password));
      }),
  );
  user.addCommand(
    clientCommand('delete')
      .description('take a user away, with all that lets them in; instances that they made stay')
      .argument('<user>', 'name or id')
      .action(async (name, options) => {
        const identity = connectToIdentity(options);
        const found = await identity.user(name);
        await identity.deleteUser(found.id);
        print(options.output, found, () => `deleted: ${found.name}`);
      }),
  );
}

function sourceOf(options: {
  readonly passwordStdin?: true | undefined;
  readonly askPassword?: true | undefined;
  readonly generatePassword?: true | undefined;
}): PasswordSource | null {
  const given = [
    ...(options.passwordStdin === true ? (['stdin'] as const) : []),
    ...(options.askPassword === true ? (['terminal'] as const) : []),
    ...(options.generatePassword === true ? (['generated'] as const) : []),
  ];
  if (given.length > 1) throw new Error('A password comes from one place: give one of these options.');
  return given[0] ?? null;
}
