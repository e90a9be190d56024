import type { Command } from '@commander-js/extra-typings';
import { FerryClient } from '@ferry/api/client';
import { controllerOf } from '../connection.ts';
import { exitCodes } from '../exit-codes.ts';
import { clientCommand } from './client-command.ts';

/** `ferry console`: a guest's serial console in this terminal. */
export function addConsoleCommand(program: Command, setExitCode: (code: number) => void): void {
  program.addCommand(
    clientCommand('console')
      .description("an instance's serial console in this terminal; Ctrl-] leaves it")
      .argument('<instance>', 'name or id')
      .option('--force', 'take it from whoever has it open')
      .addHelpText('after', '\nExamples:\n  ferry console web\n  ferry console web --force\n')
      .action(async (name, options) => {
        const controller = controllerOf(options);
        const { streamPath } = await new FerryClient(controller).requestConsole(name, { kind: 'serial' });
        const force = options.force === true ? '&force=1' : '';
        // Loaded only here: the other commands start faster without it.
        const { attachTerminal } = await import('./attach-terminal.ts');
        const end = await attachTerminal(controller, `${streamPath}${force}`, name);
        process.stderr.write(`\n${end.message}\n`);
        if (!end.isOrderly) setExitCode(exitCodes.failed);
      }),
  );
}
