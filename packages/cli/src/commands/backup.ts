import { join, resolve } from 'node:path';
import type * as Backup from '@ferry/controller/backup';
import { Command } from '@commander-js/extra-typings';
import { dataDirectory } from '../connection.ts';
import { exitCodes } from '../exit-codes.ts';
import manifest from '../../package.json' with { type: 'json' };

/** `ferry backup` and `ferry restore`: the data directory of a controller on SQLite, copied and put back. */
export function addBackupCommands(program: Command, setExitCode: (code: number) => void): void {
  program.addCommand(
    new Command('backup')
      .exitOverride()
      .description(
        'copy the database, keys, tokens and settings of URIs into a new directory, also while the controller runs',
      )
      .argument('[directory]', 'where to; a name with the time in this directory else')
      .option('--data-dir <path>', 'data directory of the controller (FERRY_DATA)')
      .option('--key-file <file>', 'where the controller has its key, if it is not in the data directory')
      .option('--images', 'the bytes of images, too')
      .addHelpText('after', '\nExamples:\n  ferry backup /srv/backup/ferry-today\n  ferry backup --images\n')
      .action(async (directory, options) => {
        const into = resolve(
          directory ?? `ferry-backup-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}`,
        );
        await orSaid(setExitCode, async ({ writeBackup }) => {
          const written = await writeBackup(dataDirectory(options.dataDir), into, {
            images: options.images === true,
            version: manifest.version,
            keyFile: options.keyFile ?? null,
          });
          process.stdout.write(
            `${Object.keys(written.files).length} files in ${into}, whoever has them can do what the controller can: keep them as you keep its key\n`,
          );
        });
      }),
  );
  program.addCommand(
    new Command('restore')
      .exitOverride()
      .description('put a backup into a data directory that has no database; all of it is checked first')
      .argument('<directory>', 'the backup')
      .option('--data-dir <path>', 'where to (FERRY_DATA)')
      .addHelpText(
        'after',
        '\nExamples:\n  ferry restore /srv/backup/ferry-today --data-dir /var/lib/ferry\n',
      )
      .action(async (directory, options) => {
        const into = dataDirectory(options.dataDir);
        await orSaid(setExitCode, async ({ restoreBackup }) => {
          const { at, ferry, files } = await restoreBackup(resolve(directory), into);
          process.stdout.write(
            `restored ${Object.keys(files).length} files of ${at} (Ferry ${ferry}) into ${into}\nWhat has happened since is found by looking at the hosts: start the controller, and see \`ferry doctor\` and ${join(into, 'admin.password')}\n`,
          );
        });
      }),
  );
}

/** A refusal is said in one line; nothing was changed then. */
async function orSaid(
  setExitCode: (code: number) => void,
  work: (backup: typeof Backup) => Promise<void>,
): Promise<void> {
  // Loaded only here: most commands need none of it.
  const backup = await import('@ferry/controller/backup');
  try {
    await work(backup);
  } catch (error) {
    if (!(error instanceof backup.StartError)) throw error;
    process.stderr.write(`ferry: ${error.message}\n`);
    setExitCode(exitCodes.failed);
  }
}
