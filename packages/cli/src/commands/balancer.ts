import { Command, Option } from '@commander-js/extra-typings';
import type { SetBalancerBody } from '@ferry/api';
import { connectToController } from '../connection.ts';
import { formatBalancer, formatBalancers } from '../output/plan-views.ts';
import { print } from '../output/print.ts';
import { clientCommand, wholeNumber } from './client-command.ts';

const minuteMs = 60_000;
const examples = `
What is not given stays as it was; of a new one: propose, all hosts, every 10 minutes, a cooldown of an hour.

Examples:
  ferry balancer set rack1 --group rack1 --mode propose
  ferry balancer set all --mode act --on-contention-only --every 5
  ferry balancer set rack1 --mode off
`;

/** `ferry balancer …`. */
export function addBalancerCommands(program: Command): void {
  const balancer = new Command('balancer')
    .exitOverride()
    .description('what evens out the load of hosts by itself: looks, proposes plans, or carries them out');
  balancer.addCommand(
    clientCommand('list')
      .description('all balancers, with what came of their last look')
      .action(async (options) => {
        const balancers = await connectToController(options).balancers();
        print(options.output, balancers, () => formatBalancers(balancers));
      }),
  );
  balancer.addCommand(
    clientCommand('show')
      .description('one balancer')
      .argument('<name>')
      .action(async (name, options) => {
        const found = await connectToController(options).balancer(name);
        print(options.output, found, () => formatBalancer(found));
      }),
  );
  balancer.addCommand(
    clientCommand('set')
      .description('make a balancer, or change it; it looks at once')
      .argument('<name>')
      .addOption(
        new Option('--mode <mode>', 'propose: make plans for a person to apply; act: carry them out').choices(
          ['off', 'propose', 'act'] as const,
        ),
      )
      .option('--group <groups>', 'aggregates or zones, with commas; "" for all hosts')
      .option('--on-contention-only', 'only where a host has more load than it can carry')
      .option('--on-any-difference', 'also where a host only has more load than others')
      .option('--every <min>', 'look so often', wholeNumber(1))
      .option('--cooldown <min>', 'let alone what has moved within so many minutes', wholeNumber(0))
      .addHelpText('after', examples)
      .action(async (name, { mode, group, every, cooldown, ...options }) => {
        const { onContentionOnly, onAnyDifference } = options;
        if (onContentionOnly === true && onAnyDifference === true)
          throw new Error('--on-contention-only and --on-any-difference exclude each other: give one.');
        const wanted: SetBalancerBody = {
          ...(mode === undefined ? {} : { mode }),
          ...(group === undefined ? {} : { groups: namesIn(group) }),
          ...(onContentionOnly === true ? { onContentionOnly: true } : {}),
          ...(onAnyDifference === true ? { onContentionOnly: false } : {}),
          ...(every === undefined ? {} : { everyMs: every * minuteMs }),
          ...(cooldown === undefined ? {} : { cooldownMs: cooldown * minuteMs }),
        };
        const made = await connectToController(options).setBalancer(name, wanted);
        print(options.output, made, () => formatBalancer(made));
      }),
  );
  balancer.addCommand(
    clientCommand('delete')
      .description('delete a balancer; plans that it made stay')
      .argument('<name>')
      .action(async (name, options) => {
        const gone = await connectToController(options).deleteBalancer(name);
        print(options.output, gone, () => `deleted: ${gone.name}`);
      }),
  );
  program.addCommand(balancer);
}

function namesIn(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
