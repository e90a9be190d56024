import type { FerryClient, NewPlanBody, PlanDetailBody } from '@ferry/api';
import { Command, Option } from '@commander-js/extra-typings';
import { filterWords } from '@ferry/api';
import { connectToController } from '../connection.ts';
import { exitCodes } from '../exit-codes.ts';
import { followPlan } from '../follow.ts';
import { formatPlan, formatPlans, goalText } from '../output/plan-views.ts';
import { print } from '../output/print.ts';
import {
  clientCommand,
  type ClientOptions,
  givenOf,
  listCommand,
  oneOfOption,
  wholeNumber,
} from './client-command.ts';
import { newPlan, planningCommand, type PlanningOptions, readShare } from './plan-options.ts';

type SetExitCode = (code: number) => void;

/** `ferry plan …` and `ferry apply`. */
export function addPlanCommands(program: Command, setExitCode: SetExitCode): void {
  const plan = new Command('plan')
    .exitOverride()
    .description('plans for the fleet: made and read first, carried out by `ferry apply`');
  addMakingCommands(plan, setExitCode);
  addReadingCommands(plan);
  addAskingCommands(plan, setExitCode);
  program.addCommand(plan);
  program.addCommand(
    clientCommand('apply')
      .description('carry a plan out, as it was read; refused when the fleet has changed since')
      .argument('<plan>', 'id')
      .option('--wait', 'follow it to its end; the exit code is 0 only when all of it is done')
      .addHelpText('after', '\nExamples:\n  ferry apply 6f1c1d1e-… --wait\n')
      .action(async (id, options) => {
        const client = connectToController(options);
        const applied = await client.askPlan(id, 'apply');
        setExitCode(await reportPlan(client, applied, options));
      }),
  );
}

/** Tells of a plan that is carried out, or follows it; gives the exit code. */
export async function reportPlan(
  client: FerryClient,
  applied: PlanDetailBody,
  options: ClientOptions & { readonly wait?: boolean | undefined },
): Promise<number> {
  const { id } = applied.plan;
  if (options.wait !== true) {
    print(
      options.output,
      applied,
      () => `applied: ${goalText(applied.plan)}\nfollow it: ferry plan show ${id}`,
    );
    return exitCodes.ok;
  }
  const ended = await followPlan(client, id);
  const steps = await client.planSteps(id);
  print(options.output, { ...ended, steps }, () => formatPlan(ended, steps));
  return ended.plan.state === 'done' ? exitCodes.ok : exitCodes.failed;
}

/** Makes a plan, shows it, and says by the exit code whether it reaches its goal. */
async function make(
  goal: NewPlanBody['goal'],
  options: PlanningOptions,
  setExitCode: SetExitCode,
): Promise<void> {
  const client = connectToController(options);
  const made = await client.makePlan(newPlan(goal, options));
  const steps = await client.planSteps(made.plan.id);
  const next = `\n\nNothing is moved yet. Carry it out: ferry apply ${made.plan.id}`;
  print(options.output, { ...made, steps }, () => formatPlan(made, steps) + next);
  if (!reaches(made)) setExitCode(exitCodes.checksFailed);
}

/** Nothing keeps it from its goal, and it is done in time. */
export function reaches({ plan, blockers }: PlanDetailBody): boolean {
  return blockers.length === 0 && plan.deadline?.met !== false;
}

function addMakingCommands(plan: Command, setExitCode: SetExitCode): void {
  plan.addCommand(
    planningCommand('drain')
      .description(
        'empty hosts: every instance moves, live where it runs, and none is stopped that is not named',
      )
      .argument('<hosts...>', 'names or ids')
      .addHelpText(
        'after',
        '\nExamples:\n  ferry plan drain compute11\n  ferry plan drain compute11 compute12 --deadline 04:00\n',
      )
      .action((hosts, options) => make({ kind: 'drain', hosts }, options, setExitCode)),
  );
  plan.addCommand(
    planningCommand('upgrade')
      .description('empty, upgrade and fill hosts again, one after the other')
      .argument('[hosts...]', 'names or ids, in this order')
      .option('--group <group>', 'all hosts of an aggregate or a zone')
      .option('--hosts-at-once <n>', 'so many hosts at a time, one when not given', wholeNumber(1))
      .addHelpText(
        'after',
        '\nExamples:\n  ferry plan upgrade --group rack1\n  ferry plan upgrade compute11 compute12\n',
      )
      .action((hosts, { group, hostsAtOnce, ...options }) =>
        make(
          {
            kind: 'upgrade',
            ...(hosts.length === 0 ? {} : { hosts }),
            ...(group === undefined ? {} : { group }),
          },
          { ...options, hostsAtOnce },
          setExitCode,
        ),
      ),
  );
  plan.addCommand(
    planningCommand('offload')
      .description('bring what is used of a host below a share, with as few bytes as possible')
      .argument('<host>', 'name or id')
      .requiredOption('--below <share>', '70% or 0.7', readShare)
      .addHelpText('after', '\nExample:\n  ferry plan offload compute11 --below 70%\n')
      .action((host, { below, ...options }) => make({ kind: 'offload', host, below }, options, setExitCode)),
  );
  plan.addCommand(
    planningCommand('balance')
      .description('spread the load over hosts, where that gains more than it costs')
      .option('--group <groups>', 'aggregates or zones, with commas; all hosts when not given')
      .option('--on-contention-only', 'only where a host has more load than it can carry')
      .option(
        '--cooldown <min>',
        'let alone what has moved within so many minutes; 60 when not given',
        wholeNumber(0),
      )
      .addHelpText(
        'after',
        '\nExamples:\n  ferry plan balance\n  ferry plan balance --group rack1,rack2 --on-contention-only\n',
      )
      .action(({ group, onContentionOnly, cooldown, ...options }) =>
        make(
          {
            kind: 'balance',
            groups: group === undefined ? [] : group.split(',').map((one) => one.trim()),
            onContentionOnly: onContentionOnly === true,
            ...(cooldown === undefined ? {} : { cooldownMs: cooldown * 60_000 }),
          },
          options,
          setExitCode,
        ),
      ),
  );
  plan.addCommand(
    planningCommand('return')
      .description('bring home what plans have moved away from a host')
      .argument('<host>', 'name or id')
      .option('--plan <plan>', 'what this one moved away; what the last ones did when not given')
      .addHelpText(
        'after',
        '\nExample:\n  ferry host maintenance compute11 off\n  ferry plan return compute11\n',
      )
      .action((host, { plan: from, ...options }) =>
        make({ kind: 'return', host, ...(from === undefined ? {} : { plan: from }) }, options, setExitCode),
      ),
  );
  plan.addCommand(
    planningCommand('evacuate')
      .description('start elsewhere what ran on a host that is known to be off')
      .argument('<host>', 'name or id')
      .addHelpText('after', '\nExamples:\n  ferry host fence compute11\n  ferry plan evacuate compute11\n')
      .action((host, options) => make({ kind: 'evacuate', host }, options, setExitCode)),
  );
}

function addReadingCommands(plan: Command): void {
  plan.addCommand(
    listCommand()
      .description('all plans, newest first')
      .addOption(oneOfOption('--state <state>', 'where it stands', filterWords.planStates))
      .option('--open', 'only those that have still to end')
      .action(async ({ state, open, limit, ...options }) => {
        const filter = givenOf({ state, open: open === true ? ('true' as const) : undefined, limit });
        const plans = await connectToController(options).plans(filter);
        print(options.output, plans, () => formatPlans(plans));
      }),
  );
  plan.addCommand(
    clientCommand('show')
      .description('one plan: its steps, what each waits for, and what keeps it from its goal')
      .argument('<plan>', 'id')
      .action(async (id, options) => {
        const client = connectToController(options);
        const [found, steps] = [await client.plan(id), await client.planSteps(id)];
        print(options.output, { ...found, steps }, () => formatPlan(found, steps));
      }),
  );
  plan.addCommand(
    clientCommand('export')
      .description('a plan for other programs, or as a picture')
      .argument('<plan>', 'id')
      .addOption(
        new Option('--format <format>', 'all of it as JSON, or a Gantt chart')
          .choices(['json', 'svg'] as const)
          .default('json' as const),
      )
      .addHelpText('after', '\nExample:\n  ferry plan export 6f1c1d1e-… --format svg > drain.svg\n')
      .action(async (id, { format, ...options }) => {
        const client = connectToController(options);
        if (format === 'svg') {
          process.stdout.write(await client.planChart(id));
          return;
        }
        const [found, steps] = [await client.plan(id), await client.planSteps(id)];
        print('json', { ...found, steps }, () => '');
      }),
  );
  plan.addCommand(
    clientCommand('delete')
      .description('forget a plan for which nothing is to be done')
      .argument('<plan>', 'id')
      .action(async (id, options) => {
        const gone = await connectToController(options).deletePlan(id);
        print(options.output, gone, () => `deleted: ${gone.plan.id}`);
      }),
  );
}

const asked = {
  pause: 'begin nothing new; what runs goes on',
  resume: 'go on with a plan that is paused',
  continue: 'give your word for the steps that wait for one: the host is upgraded',
  replan: 'plan what was not begun anew, on the fleet as it is now',
} as const;

function addAskingCommands(plan: Command, setExitCode: SetExitCode): void {
  plan.addCommand(
    clientCommand('rehearse')
      .description(
        'all of its live moves but the moves: targets are prepared, the ways tried, all taken back',
      )
      .argument('<plan>', 'id')
      .option('--wait', 'follow it to its end; the exit code is 0 only when no move would fail')
      .addHelpText(
        'after',
        '\nExample:\n  ferry plan rehearse 6f1c1d1e-… --wait\n\nOne move at a time is rehearsed over each port. Guests run on and are not touched; each is held meanwhile. `ferry plan cancel` ends it.\n',
      )
      .action(async (id, options) => {
        const client = connectToController(options);
        const begun = await client.askPlan(id, 'rehearse');
        const ended = options.wait === true ? await followPlan(client, id) : begun;
        const steps = await client.planSteps(id);
        print(options.output, { ...ended, steps }, () => formatPlan(ended, steps));
        const { state, rehearsal } = ended.plan;
        if (options.wait === true && (state !== 'made' || rehearsal?.failed !== 0))
          setExitCode(exitCodes.failed);
      }),
  );
  for (const [word, description] of Object.entries(asked) as [keyof typeof asked, string][])
    plan.addCommand(
      clientCommand(word)
        .description(description)
        .argument('<plan>', 'id')
        .action(async (id, options) => {
          const client = connectToController(options);
          const answer = await client.askPlan(id, word);
          const steps = await client.planSteps(id);
          print(options.output, answer, () => formatPlan(answer, steps));
        }),
    );
  plan.addCommand(
    clientCommand('cancel')
      .description('begin nothing more; what has moved stays where it is, what runs comes to its end')
      .argument('<plan>', 'id')
      .option('--abort', 'abort what runs')
      .action(async (id, options) => {
        const client = connectToController(options);
        const answer = await client.cancelPlan(id, options.abort === true ? 'abort' : 'finish');
        const steps = await client.planSteps(id);
        print(options.output, answer, () => formatPlan(answer, steps));
      }),
  );
}
