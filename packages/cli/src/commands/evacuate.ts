import type { Command } from '@commander-js/extra-typings';
import { connectToController } from '../connection.ts';
import { acceptOption } from './accept-option.ts';
import { clientCommand } from './client-command.ts';
import { reportMove } from './report-move.ts';

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
