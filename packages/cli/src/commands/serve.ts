import { type Command, Command as NewCommand, InvalidArgumentError } from '@commander-js/extra-typings';
import { dataDirectory } from '../connection.ts';
import { wholeNumber } from './client-command.ts';
import { keystoneSettings, readProxy, readRoleMap, readUrl } from './identity-options.ts';
import { readQuotas } from './quota-option.ts';
import { exitCodes } from '../exit-codes.ts';

const patienceMs = 60_000;

/** `ferry serve`: a controller in the foreground. */
export function addServeCommand(program: Command, setExitCode: (code: number) => void): void {
  program.addCommand(
    new NewCommand('serve')
      .exitOverride()
      .description('start a controller in the foreground')
      .option('--data-dir <path>', 'database, socket and tokens (FERRY_DATA; /var/lib/ferry for root)')
      .option(
        '--listen <address>',
        'HTTP address host:port, or "none" for the unix socket alone',
        readAddress,
        {
          host: '127.0.0.1',
          port: 8774,
        },
      )
      .option(
        '--database <url>',
        'PostgreSQL for several controllers, postgres://user@host/name (FERRY_DATABASE_URL, which hides a password from the list of processes); a file in the data directory else',
      )
      .option(
        '--image-dir <path>',
        'where the bytes of images are kept, one directory for all controllers of a database (FERRY_IMAGE_DIR; images in the data directory)',
      )
      .option(
        '--hosts-file <file>',
        'URIs that hosts may have beside plain ones, written by the owner of the controller (hosts.yaml in the data directory)',
      )
      .option(
        '--key-file <file>',
        'keys that definitions, user data and other secrets in the database are sealed with, the same file for all controllers of a database (secret.key in the data directory)',
      )
      .option('--rotate-key', 'seal them with a new key at this start; with no other controller running')
      .option(
        '--lease <s>',
        'how long what a controller has begun stays its own without a sign of life of it; then another goes on with it',
        wholeNumber(1),
        10,
      )
      .option('--watch-interval <s>', 'pause between two looks at all hosts', wholeNumber(1), 10)
      .option(
        '--retry-interval <s>',
        'pause between two tries of what waits for a host or a person; a host that answers again is noticed within a second or two all the same',
        wholeNumber(1),
        15,
      )
      .option('--prepare-timeout <s>', 'how long a target may take to get ready', wholeNumber(1), 30)
      .option(
        '--finish-timeout <s>',
        'how long a target may take to take a guest over (Finish), and to answer the order to run it, before the source runs on or the target is asked by other means',
        wholeNumber(1),
        5,
      )
      .option(
        '--copy-stall-timeout <s>',
        'how long nothing may go through between two hosts before a copy of files counts as broken off',
        wholeNumber(1),
        60,
      )
      .option(
        '--confirm-window <s>',
        'confirm a held migration on which nobody has decided for so long; without it, it waits for ever',
        wholeNumber(1),
      )
      .option(
        '--fence-hook <program>',
        'powers a host off, whose name it gets, and says by exit code 0 that it is off (`ferry host fence`)',
      )
      .option(
        '--notice-hook <program>',
        'tells a guest before it moves live, where its policy says so (`ferry policy set --notice hook`), and says by exit code 0 that the guest is ready',
      )
      .option(
        '--definition-age <s>',
        'how old may be what is kept of an instance for the day on which its host is gone; 0: nothing is kept, and nothing can be evacuated',
        wholeNumber(0),
        600,
      )
      .option('--token-expiry <s>', 'how long a token of the identity API is good for', wholeNumber(60), 3600)
      .option('--console-token-ttl <s>', 'how long a token of a console opens it', wholeNumber(1), 600)
      .option(
        '--min-password-length <n>',
        'characters that a password has at least when it is set; those that are there stay good',
        wholeNumber(1),
        8,
      )
      .option(
        '--quota <numbers>',
        "what each project but the first may have, for example instances=20,ram=-1; Nova's numbers else",
        readQuotas,
        {},
      )
      .option(
        '--trusted-proxy <address>',
        'a proxy, 10.0.0.1 or 10.0.0.0/24, that is believed about whom it speaks for (X-Forwarded-For, -Host, -Proto); may be given again',
        readProxy,
        [],
      )
      .option(
        '--console-origin <url>',
        "a page that may show consoles, beside the controller's own, https://horizon.example.org; may be given again",
        (text: string, before: readonly string[]): readonly string[] => [...before, readUrl(text)],
        [],
      )
      .option(
        '--keep-audit <days>',
        'how long the audit log is kept (`ferry audit`); 0: for ever',
        wholeNumber(0),
        365,
      )
      .option(
        '--keep-events <days>',
        'how long events are kept, a million of them at most; 0: for ever, however many',
        wholeNumber(0),
        90,
      )
      .option(
        '--keep-operations <days>',
        "how long the logs of operations' steps are kept once all is done; 0: for ever",
        wholeNumber(0),
        90,
      )
      .option(
        '--keep-migrations <days>',
        'how long migrations that are over are kept, 100,000 of them at most; 0: for ever, however many',
        wholeNumber(0),
        730,
      )
      .option(
        '--measure-interval <min>',
        'measure what each running instance changes of its memory so often, for forecasts; without it, only who asks for a forecast has it measured',
        wholeNumber(1),
      )
      .option('--measure-at-once <n>', 'so many instances at a time at most', wholeNumber(1), 2)
      .option(
        '--keep-measurements <days>',
        'how long is kept what was measured of instances; 0: for ever',
        wholeNumber(0),
        30,
      )
      .option(
        '--public-url <url>',
        'address by which clients reach the APIs, for links and the catalog; the one that they ask by else',
        readUrl,
      )
      .option('--region <name>', 'region of the catalog', 'RegionOne')
      .option(
        '--keystone-url <url>',
        'a Keystone that knows the users, with a service user in FERRY_KEYSTONE_USER and FERRY_KEYSTONE_PASSWORD; Ferry does else',
        readUrl,
      )
      .option(
        '--keystone-role-map <map>',
        "what Keystone's roles count as, for example cloud_admin=admin,auditor=reader",
        readRoleMap,
        {},
      )
      .option(
        '--shadow-rules <name>',
        'numbers by which live transfers are looked at beside the ones in use, and that only record what they would decide: patient, quick',
      )
      .option('--log-level <level>', 'trace, debug, info, warn, error', 'info')
      .addHelpText(
        'after',
        '\nExamples:\n  ferry serve\n  ferry serve --data-dir /srv/ferry --listen 10.0.0.5:8774\n  FERRY_DATABASE_URL=postgres://ferry:secret@db/ferry ferry serve --data-dir /srv/ferry\n  OS_CLIENT_CONFIG_FILE=/var/lib/ferry/clouds.yaml openstack --os-cloud ferry server list\n',
      )
      .action(async (options) => {
        // Loaded only here: the other commands start in a third of the time without it.
        const [{ startController, StartError }, { pino }] = await Promise.all([
          import('@ferry/controller'),
          import('pino'),
        ]);
        const log = pino({ level: options.logLevel }, pino.destination(2));
        const controller = await startController({
          dataDirectory: dataDirectory(options.dataDir),
          // Commander turns a null of a parser into an empty text, hence the word.
          listen: options.listen === 'none' ? null : options.listen,
          log,
          database: options.database ?? process.env['FERRY_DATABASE_URL'] ?? null,
          imageDirectory: options.imageDir ?? process.env['FERRY_IMAGE_DIR'] ?? null,
          hostsFile: options.hostsFile ?? null,
          keyFile: options.keyFile ?? null,
          rotateKey: options.rotateKey === true,
          leaseMs: options.lease * 1000,
          watchIntervalMs: options.watchInterval * 1000,
          resumeIntervalMs: options.retryInterval * 1000,
          confirmWindowMs: options.confirmWindow === undefined ? null : options.confirmWindow * 1000,
          fenceHook: options.fenceHook ?? null,
          noticeHook: options.noticeHook ?? null,
          definitionAgeMs: options.definitionAge === 0 ? null : options.definitionAge * 1000,
          tokenLifeMs: options.tokenExpiry * 1000,
          quotas: options.quota,
          minPasswordLength: options.minPasswordLength,
          trustedProxies: options.trustedProxy,
          consoleOrigins: options.consoleOrigin,
          auditKeptMs: daysOrEver(options.keepAudit),
          eventsKeptMs: daysOrEver(options.keepEvents),
          operationsKeptMs: daysOrEver(options.keepOperations),
          migrationsKeptMs: daysOrEver(options.keepMigrations),
          measureIntervalMs: options.measureInterval === undefined ? null : options.measureInterval * 60_000,
          measureAtOnce: options.measureAtOnce,
          measurementsKeptMs: daysOrEver(options.keepMeasurements),
          publicUrl: options.publicUrl ?? null,
          region: options.region,
          shadowRules: options.shadowRules ?? null,
          keystone: keystoneSettings(options.keystoneUrl, options.keystoneRoleMap, process.env),
          limits: {
            prepareMs: options.prepareTimeout * 1000,
            finishMs: options.finishTimeout * 1000,
            copyStallMs: options.copyStallTimeout * 1000,
            consoleTokenMs: options.consoleTokenTtl * 1000,
          },
        }).catch((error: unknown) => {
          if (!(error instanceof StartError)) throw error;
          process.stderr.write(`ferry: ${error.message}\n`);
          return null;
        });
        if (controller === null) {
          setExitCode(exitCodes.failed);
          return;
        }
        const where = [controller.url, controller.socketUrl].filter((url) => url !== null).join(' and ');
        process.stdout.write(`ferry serves at ${where}\nthe admin token is in ${controller.tokenFile}\n`);
        if (controller.cloudsFile !== null)
          process.stdout.write(
            `for the openstack client: OS_CLIENT_CONFIG_FILE=${controller.cloudsFile} openstack --os-cloud ferry server list\n`,
          );
        await stopSignal();
        process.stdout.write(`${stopping(controller.running())}\n`);
        await Promise.race([controller.stop(patienceMs), stopSignal()]);
      }),
  );
}

/** What a stop waits for; all that is not over by then goes on with the next start. */
function stopping(running: readonly string[]): string {
  if (running.length === 0) return 'stopping';
  const count = running.length === 1 ? '1 operation' : `${running.length} operations`;
  const some = running.slice(0, 10).join(', ') + (running.length > 10 ? ', …' : '');
  return `stopping: waiting for ${count} for ${patienceMs / 1000} s at most (once more to leave them to the next start): ${some}`;
}

/** In milliseconds; null for 0, which means for ever. */
function daysOrEver(days: number): number | null {
  return days === 0 ? null : days * 86_400_000;
}

function readAddress(text: string): { host: string; port: number } | 'none' {
  if (text === 'none') return text;
  const match = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    throw new InvalidArgumentError('host:port is wanted, for example 127.0.0.1:8774.');
  return { host: match[1] ?? match[2] ?? '', port };
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
