import { Command } from '@commander-js/extra-typings';
import { exitCodes } from '../exit-codes.ts';
import { type Answers, askForSetup, SetUpError } from './init/ask-for-setup.ts';
import { startInstalled } from './init/start-installed.ts';
import { writeSetup } from './init/write-setup.ts';
import { installedSettings } from './config.ts';

/** `ferry init`: from nothing to a controller that runs. */
export function addInitCommand(program: Command, setExitCode: (code: number) => void): void {
  program.addCommand(
    new Command('init')
      .exitOverride()
      .description('set a controller up: settings, certificate, first administrator; then start it')
      .option('--config <file>', 'where its settings are written', installedSettings)
      .option('--data-dir <path>', 'database, socket and tokens', '/var/lib/ferry')
      .option('--listen <host:port>', 'address of the APIs; 127.0.0.1:8774 is for this machine alone')
      .option('--tls <how>', 'own: a certificate authority of its own; none; or CERT,KEY: two files')
      .option('--name <name...>', "names and addresses by which clients reach it; this machine's own else")
      .option(
        '--database <url>',
        'PostgreSQL, without a password (/etc/ferry/environment has that); SQLite else',
      )
      .option('--force', 'replace settings that are there already; they are kept beside')
      .option('--no-start', 'only write the files')
      .option('-y, --yes', 'ask nothing: what is not said is as proposed')
      .addHelpText(
        'after',
        '\nExamples:\n  ferry init\n  ferry init --yes\n  ferry init --listen 0.0.0.0:8774 --tls own --name ferry.example.org --yes\n  ferry init --config ./ferry.yaml --data-dir ./data --no-start --yes\n',
      )
      .action(async (options) => {
        const given: Answers = {
          listen: options.listen ?? null,
          tls: options.tls ?? null,
          names: options.name ?? null,
          database: options.database ?? null,
        };
        try {
          const setup = await askForSetup(given, options.yes === true || !process.stdin.isTTY);
          const written = await writeSetup(setup, {
            config: options.config,
            dataDirectory: options.dataDir,
            force: options.force === true,
          });
          for (const line of written.told) process.stdout.write(`${line}\n`);
          const lines = await startInstalled(written, options.start);
          for (const line of lines) process.stdout.write(`${line}\n`);
        } catch (error) {
          if (!(error instanceof SetUpError)) throw error;
          process.stderr.write(`ferry: ${error.message}\n`);
          setExitCode(exitCodes.failed);
        }
      }),
  );
}
