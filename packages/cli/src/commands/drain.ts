import type { Command } from '@commander-js/extra-typings';
import { askFirst } from '../ask-first.ts';
import { connectToController } from '../connection.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatPlan } from '../output/plan-views.ts';
import { print } from '../output/print.ts';
import { acceptOption, clientCommand } from './client-command.ts';
import { newPlan, planningCommand } from './plan-options.ts';
import { reaches, reportPlan } from './plan.ts';
import { reportMove } from './report-move.ts';

const examples = `
Every instance moves, live where it runs; none is stopped that is not named by --may-stop or --may-shut-down. The hosts
are in maintenance from then on: \`ferry host maintenance HOST off\` ends that.

Examples:
  ferry drain compute11 --dry-run
  ferry drain compute11 --deadline 04:00
  ferry drain compute11 compute12 --yes
`;

/** `ferry drain`. */
export function addDrainCommand(program: Command, setExitCode: (code: number) => void): void {
  program.addCommand(
    planningCommand('drain')
      .description('empty hosts: make the plan, show it, and carry it out after a yes')
      .argument('<hosts...>', 'names or ids')
      .option('--yes', 'carry it out without a question')
      .option('--dry-run', 'show the plan, and keep nothing of it')
      .option('--no-wait', 'do not follow it to its end')
      .addHelpText('after', examples)
      .action(async (hosts, options) => {
        const client = connectToController(options);
        const made = await client.makePlan(newPlan({ kind: 'drain', hosts }, options));
        const steps = await client.planSteps(made.plan.id);
        const isDry = options.dryRun === true;
        const late = made.plan.deadline?.met === false;
        if (isDry || late) {
          await client.deletePlan(made.plan.id);
          print(options.output, { ...made, steps }, () => formatPlan(made, steps));
          if (late && !isDry) process.stderr.write('Nothing is moved: the deadline cannot be met.\n');
          if (!reaches(made)) setExitCode(exitCodes.checksFailed);
          return;
        }
        process.stderr.write(`${formatPlan(made, steps)}\n\n`);
        const sentence = reaches(made)
          ? `${hosts.join(', ')} will be emptied.`
          : `${hosts.join(', ')} will not be empty: ${made.blockers.length} blocked, as told above; all others move.`;
        if (!(await askFirst(sentence, options.yes === true))) {
          await client.deletePlan(made.plan.id);
          setExitCode(exitCodes.failed);
          return;
        }
        const applied = await client.askPlan(made.plan.id, 'apply');
        setExitCode(await reportPlan(client, applied, options));
      }),
  );
}

/** `ferry evacuate`. */
export function addEvacuateCommand(program: Command, setExitCode: (code: number) => void): void {
  program.addCommand(
    clientCommand('evacuate')
      .description('start an instance elsewhere because its host is gone; its disks must be there')
      .argument('<instance>', 'name or id')
      .argument('[host]', 'target; the host with most free memory when it is not named')
      .option('--wait', 'follow it to its end; the exit code is 0 only when it runs there')
      .option('--leave-off', 'define it there, and do not start it')
      .option(
        '--shared-path <path>',
        'a file or directory of which you know that both hosts have the same (repeatable)',
        (path: string, before: string[]) => [...before, path],
        [] as string[],
      )
      .addOption(acceptOption())
      .addHelpText(
        'after',
        '\nIts host must be known to be off: `ferry host fence HOST`.\n\nExamples:\n  ferry host fence compute11 --powered-off\n  ferry evacuate web --wait\n  ferry evacuate web compute12 --shared-path /srv/vms --wait\n',
      )
      .action(async (instance, host, options) => {
        const client = connectToController(options);
        const accepted = await client.evacuate(instance, {
          host: host ?? null,
          sharedPaths: options.sharedPath,
          accept: [...options.accept],
          leaveOff: options.leaveOff === true,
        });
        setExitCode(await reportMove(client, accepted, options));
      }),
  );
}
