import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import type { DiagnosisBody, HostBody } from '@ferry/api';
import { ApiError } from '@ferry/api/client';
import { type Command, CommanderError, Option } from '@commander-js/extra-typings';
import { connectToController, dataDirectory } from '../connection.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatDiagnosis } from '../output/doctor-views.ts';
import { print } from '../output/print.ts';
import { clientCommand, type ClientOptions } from './client-command.ts';
import { fixFindings } from './doctor-fix.ts';

/** One thing that was looked at. */
interface Diagnosis {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  readonly remedy: string;
}

const leastNodeMajor = 24;

const failOn = ['warning', 'unknown', 'error'] as const;
/** From harmless to harmful. */
const order = ['ok', 'info', 'warning', 'unknown', 'error'];

const examples = `
Examples:
  ferry doctor                          everything: this machine, the controller, its hosts, the ways between them
  ferry doctor compute11 compute12      these hosts, and the ways between them
  ferry doctor --pair compute11 compute12 --measure
  ferry doctor --at 2027-06-01          are certificates still good then?
  ferry doctor --fail-on warning -o json
  ferry doctor --fix                    mend what a shell on the hosts can mend: shown first, and asked
  ferry doctor --fix --dry-run          only show it

Exit code: 0, or 4 when something at hosts or between them is as bad as --fail-on says (an error, unless it
is given), or 1 when something is missing at this machine or at the controller. With --fix: 0, or 1 when
something that was to be mended is not, or 4 when something as bad is left to you.
`;

/** `ferry doctor`: what is missing on this machine, at the controller, at its hosts and on the ways between them. */
export function addDoctorCommand(program: Command, setExitCode: (code: number) => void): void {
  program.addCommand(
    clientCommand('doctor')
      .description(
        'say what is missing, stuck or set up wrong: this machine, the controller, its hosts, and the ways between them',
      )
      .argument('[hosts...]', 'these alone, by name or id, with the ways between them')
      .option('--pair <hosts...>', 'two hosts, and the way between them')
      .option('--at <date>', 'judge certificates for that day, for example 2027-06-01')
      .option('--measure', 'measure what the ways carry: sends for two seconds over each')
      .option('--all', 'also what is well')
      .option(
        '--fix',
        'mend what a shell on the hosts can mend, and look again; what is changed is shown first',
      )
      .option('--dry-run', 'with --fix: only show it')
      .option('-y, --yes', 'with --fix: do not ask')
      .addOption(
        new Option('--fail-on <severity>', 'from which severity on the exit code is 4')
          .choices(failOn)
          .default('error' as const),
      )
      .addHelpText('after', examples)
      .action(async (hosts, options) => {
        const names = namesOf(hosts, options.pair);
        if (options.fix === true) {
          if (options.at !== undefined || options.measure === true)
            throw new CommanderError(
              2,
              'ferry.usage',
              '--fix looks at now: --at and --measure are not for it',
            );
          return fixFindings(names, options, setExitCode);
        }
        const here = [node(), data(options)];
        const found = await controller(options);
        const body = {
          ...(names.length === 0 ? {} : { hosts: [...names] }),
          ...(options.at === undefined ? {} : { at: options.at }),
          ...(options.measure === true ? { measure: true } : {}),
        };
        const isReached = found.every(({ what, ok }) => what !== 'controller' || ok);
        const diagnosis = isReached ? await connectToController(options).doctor(body) : null;
        const checks = [...here, ...found];
        print(options.output, { checks, ...diagnosis }, () =>
          [
            checks.map(format).join('\n'),
            ...(diagnosis === null || diagnosis.hosts.length === 0
              ? []
              : [formatDiagnosis(diagnosis, options.all === true)]),
          ].join('\n\n'),
        );
        if (diagnosis !== null && isAsBad(diagnosis, options.failOn)) setExitCode(exitCodes.checksFailed);
        if (checks.some((one) => !one.ok)) setExitCode(exitCodes.failed);
      }),
  );
}

function namesOf(hosts: readonly string[], pair: readonly string[] | undefined): readonly string[] {
  if (pair === undefined) return hosts;
  if (hosts.length > 0 || pair.length !== 2)
    throw new CommanderError(2, 'ferry.usage', '--pair takes two hosts, and no others are named beside it');
  return pair;
}

function isAsBad({ hosts, pairs }: DiagnosisBody, least: string): boolean {
  return [...hosts, ...pairs].some(({ worst }) => order.indexOf(worst) >= order.indexOf(least));
}

function format({ ok, what, found, remedy }: Diagnosis): string {
  const mark = styleText(ok ? 'green' : 'red', ok ? 'ok     ' : 'MISSING', { stream: process.stdout });
  return `${mark}  ${what}: ${found}${ok || remedy === '' ? '' : `\n         -> ${remedy}`}`;
}

function node(): Diagnosis {
  const major = Number(process.versions.node.split('.')[0]);
  const remedy = 'Install Node 24 or newer; `make setup` brings it as an npm package.';
  return { what: 'Node', ok: major >= leastNodeMajor, found: process.versions.node, remedy };
}

function data(options: ClientOptions): Diagnosis {
  const directory = dataDirectory(options.dataDir);
  const what = 'data directory';
  if (!existsSync(directory)) {
    return { what, ok: true, found: `${directory} is not there yet: \`ferry serve\` makes it`, remedy: '' };
  }
  try {
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return {
      what,
      ok: false,
      found: `${directory} may not be read and written by this user`,
      remedy: 'Run as its owner, or name another with --data-dir.',
    };
  }
  const token = join(directory, 'admin.token');
  if (existsSync(token) && (statSync(token).mode & 0o077) !== 0) {
    return { what, ok: false, found: `${token} can be read by others`, remedy: `chmod 600 ${token}` };
  }
  return { what, ok: true, found: directory, remedy: '' };
}

async function controller(options: ClientOptions): Promise<Diagnosis[]> {
  const what = 'controller';
  try {
    const client = connectToController(options);
    const health = await client.health();
    const hosts = await client.hosts();
    const about: Diagnosis = {
      what,
      ok: true,
      found: `version ${health.version}, up since ${health.startedAt}, ${health.runningOperations} operations running`,
      remedy: '',
    };
    if (hosts.length === 0) {
      return [
        about,
        {
          what: 'hosts',
          ok: false,
          found: 'none yet',
          remedy: 'Add one: ferry host add qemu+tcp://HOST/system',
        },
      ];
    }
    const stuck = (await client.migrations()).filter(({ phase }) => phase.startsWith('blocked: '));
    const claimed = (await client.instances()).filter(({ fault }) => fault?.kind === 'claimed');
    return [
      about,
      ...claimed.map(({ name, fault }) => ({
        what: `instance ${name}`,
        ok: false,
        found: `claimed by ${fault?.hosts.join(' and ') ?? ''} since ${fault?.since ?? 'unknown'}: ${fault?.message ?? ''}`,
        remedy: fault?.remedy ?? '',
      })),
      ...stuck.map((one) => ({
        what: `migration ${one.id} (${one.instanceName}, ${one.sourceHost} to ${one.targetHost})`,
        ok: false,
        found: `${one.status}, ${one.phase}`,
        remedy: `ferry migration show ${one.id}`,
      })),
      ...hosts.map((host) => ({
        what: `host ${host.name}`,
        ok: host.service.state === 'up',
        found: `${host.service.state === 'up' ? `answers at ${host.uri}` : host.service.reason}${maintenanceOf(host)}`,
        remedy: `See that libvirtd runs there and that ${host.uri} is reachable from the controller.`,
      })),
    ];
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return [{ what, ok: false, found: error.message, remedy: error.remedy }];
  }
}

/** That it takes nobody is told, and is nothing that is missing. */
function maintenanceOf({ maintenance }: HostBody): string {
  return maintenance === null
    ? ''
    : `; in maintenance since ${maintenance.since}, says ${maintenance.by}: it takes no instance until \`ferry host maintenance … off\``;
}
