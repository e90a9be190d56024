import type { EffectivePolicyBody, PolicyBody } from '@ferry/api';
import { Command } from '@commander-js/extra-typings';
import { connectToController } from '../connection.ts';
import { formatEffectivePolicy, formatPolicies, formatPolicy } from '../output/policy-views.ts';
import { print } from '../output/print.ts';
import { clientCommand } from './client-command.ts';
import { addPolicyValueOptions, policyValuesGiven } from './policy-options.ts';

const setExamples = `
What is not given is not said by this policy; what it said before is gone.

Examples:
  ferry policy set usual --default --max-downtime 500 --when-stalled abort --deadline 1800
  ferry policy set databases --label tier=db --max-downtime 100 --max-bandwidth 800 --link 1100
  ferry policy set shop --project shop --post-copy ask --when-stalled post-copy
  ferry policy set web1 --instance web1 --max-pause 5000 --when-stalled pause
  ferry policy set gentle --by-name --bandwidth 50 --throttle 10:30
`;

/** `ferry policy …`. */
export function addPolicyCommands(program: Command): void {
  const policy = new Command('policy')
    .exitOverride()
    .description('policies of moves: what a transfer may take, and what is done where it does not converge');
  policy.addCommand(
    clientCommand('list')
      .description('all policies')
      .action(async (options) => {
        const policies = await connectToController(options).policies();
        print(options.output, policies, () => formatPolicies(policies));
      }),
  );
  policy.addCommand(
    clientCommand('show')
      .description('one policy')
      .argument('<name>')
      .action(async (name, options) => {
        const found = await connectToController(options).policy(name);
        print(options.output, found, () => formatPolicy(found));
      }),
  );
  addSetCommand(policy);
  policy.addCommand(
    clientCommand('delete')
      .description('delete a policy; moves under way keep what they began with')
      .argument('<name>')
      .action(async (name, options) => {
        const gone: PolicyBody = await connectToController(options).deletePolicy(name);
        print(options.output, gone, () => `deleted: ${gone.name}`);
      }),
  );
  policy.addCommand(
    clientCommand('effective')
      .description('what holds for moves of an instance, and who said so')
      .argument('<instance>', 'name or id')
      .option('--policy <name>', 'with one that a move would name')
      .action(async (instance, options) => {
        const found: EffectivePolicyBody = await connectToController(options).effectivePolicy(
          instance,
          options.policy ?? null,
        );
        print(options.output, found, () => formatEffectivePolicy(found));
      }),
  );
  program.addCommand(policy);
}

function addSetCommand(policy: Command): void {
  const command = clientCommand('set')
    .description('make a policy, or set it anew')
    .argument('<name>')
    .option('--default', 'for all moves')
    .option('--project <project>', 'for moves of its instances, by name or id')
    .option('--label <label>', 'for moves of instances with that tag, or that metadata: key=value')
    .option('--instance <instance>', 'for moves of one instance, by name or id')
    .option('--by-name', 'for moves that name it: `ferry live-migrate --policy NAME`')
    .option('--description <text>', 'for people');
  policy.addCommand(
    addPolicyValueOptions(command)
      .addHelpText('after', setExamples)
      .action(async (name, options) => {
        const { scope, subject } = scopeOf(options);
        const made = await connectToController(options).setPolicy(name, {
          scope,
          subject,
          description: options.description ?? null,
          values: policyValuesGiven(options),
        });
        print(options.output, made, () => formatPolicy(made));
      }),
  );
}

interface Scoped {
  readonly default?: true | undefined;
  readonly byName?: true | undefined;
  readonly project?: string | undefined;
  readonly label?: string | undefined;
  readonly instance?: string | undefined;
}

/** Exactly one of them. */
function scopeOf(given: Scoped): { scope: PolicyBody['scope']; subject: string | null } {
  const scopes = (
    [
      ['default', given.default === true ? null : undefined],
      ['by-name', given.byName === true ? null : undefined],
      ['project', given.project],
      ['label', given.label],
      ['instance', given.instance],
    ] as const
  ).filter(([, subject]) => subject !== undefined);
  const [only] = scopes;
  if (only === undefined || scopes.length > 1) {
    const told = scopes.length === 0 ? 'none' : scopes.map(([scope]) => `--${scope}`).join(' ');
    throw new Error(
      `a policy takes one of --default, --project, --label, --instance and --by-name; given: ${told}.`,
    );
  }
  return { scope: only[0], subject: only[1] ?? null };
}
