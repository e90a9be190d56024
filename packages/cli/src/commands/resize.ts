import type { Command } from '@commander-js/extra-typings';
import { connectToController } from '../connection.ts';
import { clientCommand, wholeNumber } from './client-command.ts';
import { reportMove } from './report-move.ts';

/** `ferry resize`. */
export function addResizeCommand(program: Command, setExitCode: (code: number) => void): void {
  program.addCommand(
    clientCommand('resize')
      .description(
        'give an instance the size of another flavor: it moves powered off to another host, and is held there until you confirm or revert',
      )
      .argument('<instance>', 'name or id')
      .argument('<flavor>', 'name or id')
      .argument('[host]', 'target; the host with most free memory when it is not named')
      .option('--wait', 'follow it until it runs there; the exit code is 0 only then')
      .option(
        '--shutdown-timeout <s>',
        'how long the guest may take to power off before it is ended',
        wholeNumber(0),
        60,
      )
      .addHelpText(
        'after',
        '\nDisks are never made smaller.\n\nExamples:\n  ferry resize web m1.large --wait\n  ferry migration confirm 5f2c…\n',
      )
      .action(async (instance, flavor, host, options) => {
        const client = connectToController(options);
        const accepted = await client.migrate(instance, {
          kind: 'cold-migration',
          host: host ?? null,
          flavor,
          shutdownTimeoutMs: options.shutdownTimeout * 1000,
        });
        setExitCode(await reportMove(client, accepted, options));
      }),
  );
}
