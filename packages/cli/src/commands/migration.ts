import { Command } from '@commander-js/extra-typings';
import { connectToController } from '../connection.ts';
import { followMigration } from '../follow-migration.ts';
import { print } from '../output/print.ts';
import { formatMigration, formatMigrations } from '../output/views.ts';
import { clientCommand } from './client-command.ts';
import { exitCodeOf } from './move.ts';

/** `ferry migration …`. */
export function addMigrationCommands(program: Command, setExitCode: (code: number) => void): void {
  const migration = new Command('migration').exitOverride().description('migrations: list, show, abort');
  migration.addCommand(
    clientCommand('list')
      .description('all migrations, newest first')
      .action(async (options) => {
        const migrations = await connectToController(options).migrations();
        print(options.output, migrations, () => formatMigrations(migrations));
      }),
  );
  migration.addCommand(
    clientCommand('show')
      .description('one migration')
      .argument('<id>', 'id of the migration')
      .option('--wait', 'follow it to its end; the exit code is 0 only when it moved')
      .action(async (id, options) => {
        const client = connectToController(options);
        const answer = options.wait === true ? await followMigration(client, id) : await client.migration(id);
        print(options.output, answer, () => formatMigration(answer));
        if (options.wait === true) setExitCode(exitCodeOf(answer));
      }),
  );
  migration.addCommand(
    clientCommand('abort')
      .description('end a migration that has not switched over; the instance runs on at its source')
      .argument('<id>', 'id of the migration')
      .action(async (id, options) => {
        const answer = await connectToController(options).abortMigration(id);
        print(
          options.output,
          answer,
          () =>
            `abort requested: ${answer.instanceName} stays at ${answer.sourceHost}\nfollow it: ferry migration show ${answer.id} --wait`,
        );
      }),
  );
  program.addCommand(migration);
}
