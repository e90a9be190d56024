import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import type { HostBody } from '@ferry/api';
import { ApiError } from '@ferry/api/client';
import type { Command } from '@commander-js/extra-typings';
import { connectToController, dataDirectory } from '../connection.ts';
import { exitCodes } from '../exit-codes.ts';
import { print } from '../output/print.ts';
import { clientCommand, type ClientOptions } from './client-command.ts';

/** One thing that was looked at. */
interface Diagnosis {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  readonly remedy: string;
}

const leastNodeMajor = 24;

/** `ferry doctor`: what is missing on this machine and at the controller. */
export function addDoctorCommand(program: Command, setExitCode: (code: number) => void): void {
  program.addCommand(
    clientCommand('doctor')
      .description(
        'say what is missing or stuck: Node, the data directory, the controller, its hosts, migrations',
      )
      .action(async (options) => {
        const diagnoses = [node(), data(options), ...(await controller(options))];
        print(options.output, diagnoses, () => diagnoses.map(format).join('\n'));
        if (diagnoses.some((one) => !one.ok)) setExitCode(exitCodes.failed);
      }),
  );
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
