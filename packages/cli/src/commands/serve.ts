import { type Command, CommanderError } from '@commander-js/extra-typings';
import { dataDirectory } from '../connection.ts';
import { keystoneSettings } from './identity-options.ts';
import { serveOptions } from './serve-options.ts';
import { exitCodes } from '../exit-codes.ts';

const patienceMs = 60_000;

/** `ferry serve`: a controller in the foreground. */
export function addServeCommand(program: Command, setExitCode: (code: number) => void): void {
  program.addCommand(
    serveOptions().action(async (options) => {
      // Loaded only here: the other commands start in a third of the time without it.
      const [{ controllerLog, startController, StartError }, { pino }] = await Promise.all([
        import('@ferry/controller'),
        import('pino'),
      ]);
      const log = controllerLog(options.logLevel, pino.destination(2));
      const controller = await startController({
        dataDirectory: dataDirectory(options.dataDir),
        // Commander turns a null of a parser into an empty text, hence the word.
        listen: options.listen === 'none' ? null : options.listen,
        metricsListen:
          options.metricsListen === undefined || options.metricsListen === 'none'
            ? null
            : options.metricsListen,
        log,
        tls: tlsFiles(options.tlsCert, options.tlsKey),
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
        upgradeHook: options.upgradeHook ?? null,
        webhooks: { allowed: options.webhookAllow },
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
        loadIntervalMs: options.loadInterval === 0 ? null : options.loadInterval * 1000,
        doctorIntervalMs: options.doctorInterval === 0 ? null : options.doctorInterval * 60_000,
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
      if (controller.metricsUrl !== null)
        process.stdout.write(`metrics are at ${controller.metricsUrl}/metrics\n`);
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

function tlsFiles(
  certFile: string | undefined,
  keyFile: string | undefined,
): { certFile: string; keyFile: string } | null {
  if (certFile === undefined && keyFile === undefined) return null;
  if (certFile === undefined || keyFile === undefined)
    throw new CommanderError(
      exitCodes.usage,
      'ferry.tls',
      `--tls-cert and --tls-key go together: there is no ${certFile === undefined ? 'certificate' : 'key'}`,
    );
  return { certFile, keyFile };
}

/** In milliseconds; null for 0, which means for ever. */
function daysOrEver(days: number): number | null {
  return days === 0 ? null : days * 86_400_000;
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
