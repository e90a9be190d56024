import { Command } from '@commander-js/extra-typings';
import { connectToController } from '../connection.ts';
import { print } from '../output/print.ts';
import { formatInstanceGroups } from '../output/security-group-views.ts';
import { clientCommand } from './client-command.ts';

/** `ferry instance security-group …`. */
export function instanceSecurityGroupCommands(): Command {
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
