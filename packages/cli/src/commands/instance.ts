import { Command } from '@commander-js/extra-typings';
import { filterWords } from '@ferry/api';
import { connectToController } from '../connection.ts';
import { print } from '../output/print.ts';
import { formatInstanceGroups } from '../output/security-group-views.ts';
import { formatInstance, formatInstances } from '../output/views.ts';
import { clientCommand, givenOf, listCommand, oneOfOption } from './client-command.ts';

/** `ferry instance security-group …`. */
function instanceSecurityGroupCommands(): Command {
  const command = new Command('security-group')
    .exitOverride()
    .description('what stands before an instance: show, set, unset');
  command.addCommand(
    clientCommand('show')
      .description('the security groups of an instance')
      .argument('<instance>', 'name or id')
      .action(async (name, options) => {
        const answer = await connectToController(options).instanceGroups(name);
        print(options.output, answer, () => formatInstanceGroups(answer));
      }),
  );
  command.addCommand(
    clientCommand('set')
      .description('put security groups before an instance, in place of those it has, at once')
      .argument('<instance>', 'name or id')
      .argument('<groups...>', 'names or ids')
      .option(
        '--address <address>',
        'an address that it may send from, may be given again; any when not given',
        (address: string, before: readonly string[]): readonly string[] => [...before, address],
        [] as readonly string[],
      )
      .addHelpText(
        'after',
        '\nExamples:\n  ferry instance security-group set web default web\n  ferry instance security-group set web default --address 10.0.0.5\n',
      )
      .action(async (name, groups, options) => {
        const body = { groups, addresses: [...options.address] };
        const answer = await connectToController(options).setInstanceGroups(name, body);
        print(options.output, answer, () => formatInstanceGroups(answer));
      }),
  );
  command.addCommand(
    clientCommand('unset')
      .description('take all security groups off an instance: everything reaches it')
      .argument('<instance>', 'name or id')
      .action(async (name, options) => {
        const answer = await connectToController(options).setInstanceGroups(name, { groups: [] });
        print(options.output, answer, () => formatInstanceGroups(answer));
      }),
  );
  return command;
}

/** `ferry instance …`. */
export function addInstanceCommands(program: Command): void {
  const instance = new Command('instance')
    .exitOverride()
    .description('instances (VMs): adopt, list, show, forget, keep, security groups');
  instance.addCommand(
    clientCommand('adopt')
      .description('take in a VM that a host runs; changes nothing on the host')
      .argument('<host>', 'name or id')
      .argument('<domain>', "the domain's name or uuid")
      .addHelpText('after', '\nExample:\n  ferry instance adopt compute11 web\n')
      .action(async (host, domain, options) => {
        const answer = await connectToController(options).adoptInstance({ host, domain });
        print(options.output, answer, () => formatInstance(answer));
      }),
  );
  instance.addCommand(
    listCommand()
      .description('all instances, or those that fit all of the options, by name')
      .option('--host <host>', 'on this host: name or id')
      .addOption(oneOfOption('--power <power>', 'power state as its host shows it', filterWords.powerStates))
      .addOption(oneOfOption('--state <state>', 'resized: held after a move', filterWords.vmStates))
      .option('--project <project>', 'of this project: name or id')
      .option('--name <prefix>', 'whose name begins so')
      .option('--moving', 'that a migration or an evacuation has hold of')
      .option('--fault', 'of which hosts show something else than the record')
      .option('--flavor <flavor>', 'made in this flavor: name or id, also when it is gone')
      .option('--keypair <name>', "made with a key pair of this name; names are each user's own")
      .option('--user <id>', 'made by this user')
      .option('--network <name>', 'with a card in this network, bridge or device')
      .addHelpText(
        'after',
        '\nExamples:\n  ferry instance list --host compute11 --power running\n  ferry instance list --name web- --limit 50 -o json\n',
      )
      .action(async (options) => {
        const { host, power, state, project, name, flavor, keypair, user, network, limit } = options;
        const moving = options.moving === true ? ('true' as const) : undefined;
        const fault = options.fault === true ? ('true' as const) : undefined;
        const madeOf = { flavor, keypair, user, network };
        const filter = givenOf({ host, power, state, project, name, moving, fault, ...madeOf });
        const instances = await connectToController(options).instances(givenOf({ ...filter, limit }));
        const none = Object.keys(filter).length === 0 ? undefined : 'No instance fits that.';
        print(options.output, instances, () => formatInstances(instances, none));
      }),
  );
  instance.addCommand(
    clientCommand('show')
      .description('one instance')
      .argument('<instance>', 'name or id')
      .action(async (name, options) => {
        const answer = await connectToController(options).instance(name);
        print(options.output, answer, () => formatInstance(answer));
      }),
  );
  instance.addCommand(
    clientCommand('forget')
      .description('look after an instance no more; its domain and its files stay as they are')
      .argument('<instance>', 'name or id')
      .action(async (name, options) => {
        const answer = await connectToController(options).forgetInstance(name);
        print(
          options.output,
          answer,
          () => `forgotten: ${answer.name}; its domain on ${answer.host} stays as it is`,
        );
      }),
  );
  instance.addCommand(
    clientCommand('keep')
      .description('of several copies that were paused: let one go on, end the others, leave all disks')
      .argument('<instance>', 'name or id')
      .requiredOption('--host <host>', 'name or id of the host whose copy goes on')
      .addHelpText(
        'after',
        '\nExample:\n  ferry instance show web\n  ferry instance keep web --host compute12\n',
      )
      .action(async (name, options) => {
        const answer = await connectToController(options).keepInstance(name, { host: options.host });
        print(options.output, answer, () => formatInstance(answer));
      }),
  );
  instance.addCommand(instanceSecurityGroupCommands());
  program.addCommand(instance);
}
