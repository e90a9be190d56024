import type { NewSecurityGroupRuleBody } from '@ferry/api';
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { connectToController } from '../connection.ts';
import { print } from '../output/print.ts';
import { formatApplied, formatGroup, formatGroups } from '../output/security-group-views.ts';
import { clientCommand } from './client-command.ts';

/** `ferry security-group …`. */
export function addSecurityGroupCommands(program: Command): void {
  const group = new Command('security-group')
    .exitOverride()
    .description('security groups: what may reach instances; make, list, show, delete, and their rules');
  group.addCommand(
    clientCommand('create')
      .description('make a group; nothing reaches its instances until a rule lets it through')
      .argument('<name>')
      .option('--description <text>', 'for people')
      .option('--no-egress', 'its instances may not begin flows either, until a rule lets them')
      .addHelpText('after', '\nExample:\n  ferry security-group create web --description "web servers"\n')
      .action(async (name, options) => {
        const { description, egress } = options;
        const answer = await connectToController(options).addSecurityGroup({
          name,
          egress,
          ...(description === undefined ? {} : { description }),
        });
        print(options.output, answer, () => formatGroup(answer));
      }),
  );
  group.addCommand(
    clientCommand('list')
      .description('all groups')
      .action(async (options) => {
        const groups = await connectToController(options).securityGroups();
        print(options.output, groups, () => formatGroups(groups));
      }),
  );
  group.addCommand(
    clientCommand('show')
      .description('one group with its rules')
      .argument('<group>', 'name or id')
      .action(async (name, options) => {
        const answer = await connectToController(options).securityGroup(name);
        print(options.output, answer, () => formatGroup(answer));
      }),
  );
  group.addCommand(
    clientCommand('delete')
      .description('remove a group that stands before no instance')
      .argument('<group>', 'name or id')
      .action(async (name, options) => {
        const answer = await connectToController(options).deleteSecurityGroup(name);
        print(options.output, answer, () => `deleted: ${answer.name}`);
      }),
  );
  addRuleCommands(group);
  program.addCommand(group);
}

function addRuleCommands(group: Command): void {
  group.addCommand(
    clientCommand('rule-add')
      .description('let one more kind of flow through, for all instances of the group at once')
      .argument('<group>', 'name or id')
      .addOption(
        new Option('--direction <which>', 'which way the flow begins')
          .choices(['ingress', 'egress'] as const)
          .default('ingress' as const),
      )
      .addOption(
        new Option('--protocol <name>', 'of which protocol')
          .choices(['tcp', 'udp', 'icmp', 'any'] as const)
          .default('any' as const),
      )
      .option('--port <port>', 'one, or a range such as 8000-8100; all when not given', readPorts)
      .option('--remote <cidr>', 'addresses of the other side, for example 10.0.0.0/8; all when not given')
      .addOption(
        new Option('--ethertype <family>', 'as the remote is; else IPv4').choices(['IPv4', 'IPv6'] as const),
      )
      .addHelpText(
        'after',
        '\nExamples:\n  ferry security-group rule-add web --protocol tcp --port 443\n  ferry security-group rule-add web --protocol tcp --port 22 --remote 10.0.0.0/8\n  ferry security-group rule-add web --protocol icmp --ethertype IPv6\n',
      )
      .action(async (name, options) => {
        const { direction, protocol, port, remote, ethertype } = options;
        const rule: NewSecurityGroupRuleBody = {
          direction,
          protocol,
          portMin: port?.[0] ?? null,
          portMax: port?.[1] ?? null,
          remoteCidr: remote ?? null,
          ...(ethertype === undefined ? {} : { ethertype }),
        };
        const answer = await connectToController(options).addSecurityGroupRule(name, rule);
        print(options.output, answer, () => `${formatGroup(answer.group)}${formatApplied(answer.applied)}`);
      }),
  );
  group.addCommand(
    clientCommand('rule-remove')
      .description('let a kind of flow through no longer; it is cut off where it is under way')
      .argument('<group>', 'name or id')
      .argument('<rule>', "the rule's id: `ferry security-group show GROUP`")
      .action(async (name, rule, options) => {
        const answer = await connectToController(options).deleteSecurityGroupRule(name, rule);
        print(options.output, answer, () => `${formatGroup(answer.group)}${formatApplied(answer.applied)}`);
      }),
  );
}

function readPorts(text: string): [number, number] {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match === null) throw new InvalidArgumentError('a port or a range is wanted, for example 8000-8100.');
  const first = Number(match[1]);
  return [first, Number(match[2] ?? first)];
}
