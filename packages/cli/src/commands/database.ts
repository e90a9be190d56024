import { Command } from '@commander-js/extra-typings';
import { dataDirectory } from '../connection.ts';
import { exitCodes } from '../exit-codes.ts';

const more = `
The controller must be stopped. All of it is copied in one transaction and compared; the file stays as it is.
A password does not belong into the list of processes: give the address by FERRY_DATABASE_URL then.

Examples:
  ferry database move --to postgres://ferry@db.example.org/ferry
  FERRY_DATABASE_URL=postgres://ferry:secret@db.example.org/ferry ferry database move
`;

/** `ferry database …`: what is done to the database of a controller that is stopped. */
export function addDatabaseCommands(program: Command, setExitCode: (code: number) => void): void {
  const database = new Command('database')
    .exitOverride()
    .description('the database of a controller that is stopped');
  database.addCommand(
    new Command('move')
      .exitOverride()
      .description('copy the SQLite database of a data directory to an empty one on PostgreSQL')
      .option('--to <url>', 'postgres://user@host/name (FERRY_DATABASE_URL)')
      .option('--data-dir <path>', 'data directory of the controller (FERRY_DATA)')
      .addHelpText('after', more)
      .action(async (options) => {
        const to = options.to ?? process.env['FERRY_DATABASE_URL'];
        if (to === undefined) throw new Error('say where to: --to postgres://user@host/name.');
        // Loaded only here: most commands need none of it.
        const { databaseName, moveDatabase, StartError } = await import('@ferry/controller/move-database');
        try {
          const { rows, wasThere } = await moveDatabase(dataDirectory(options.dataDir), to);
          const count = Object.values(rows).reduce((sum, one) => sum + one, 0);
          const tables = Object.keys(rows).length;
          process.stdout.write(
            `${wasThere ? 'it is there already' : 'copied'}: ${count} rows of ${tables} tables, the same on both sides\n${next(databaseName(to), to)}`,
          );
        } catch (error) {
          if (!(error instanceof StartError)) throw error;
          process.stderr.write(`ferry: ${error.message}\n`);
          setExitCode(exitCodes.failed);
        }
      }),
  );
  program.addCommand(database);
}

function next(shown: string, to: string): string {
  const hasPassword = (URL.parse(to)?.password ?? '') !== '';
  const setting = hasPassword
    ? 'FERRY_DATABASE_URL=… with the password into /etc/ferry/environment'
    : `database: ${shown}      into /etc/ferry/ferry.yaml`;
  return `Now put
  ${setting}
and start the controller (systemctl start ferry). secret.key goes with it to every controller of that database.
ferry.db stays as it is: the way back until then. Do not start a controller on it beside the new one.
`;
}
