import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { installedSettings } from '../config.ts';
import { SetUpError } from './ask-for-setup.ts';
import type { WrittenSetup } from './write-setup.ts';

/** A first start makes the database and hashes a password. */
const patienceMs = 60_000;
const lookEveryMs = 200;

/** Starts the installed unit, where this machine has one, and waits until it serves; gives what to do next. */
export async function startInstalled(written: WrittenSetup, start: boolean): Promise<string[]> {
  const { config, dataDirectory, authority, url } = written;
  // The unit has one place for its settings: what was written elsewhere is not what it would run with.
  const byUnit =
    start &&
    config === installedSettings &&
    existsSync('/run/systemd/system') &&
    existsSync('/usr/lib/systemd/system/ferry.service');
  if (byUnit) {
    systemctl('enable', 'ferry.service');
    systemctl('restart', 'ferry.service');
    await serves(join(dataDirectory, 'ferry.sock'));
  }
  const connect = authority === null ? '' : ` with --cacert ${authority} (give that file to clients)`;
  return [
    '',
    byUnit ? `The controller runs: ${url}${connect}.` : `Start it: ferry serve --config ${config}`,
    `The first administrator is admin, their password is in ${join(dataDirectory, 'admin.password')}${byUnit ? '' : ' once it has started'}.`,
    `For the openstack client: OS_CLIENT_CONFIG_FILE=${join(dataDirectory, 'clouds.yaml')}${authority === null ? '' : ` OS_CACERT=${authority}`} openstack --os-cloud ferry server list`,
    '',
    'Next, take in a host, and see what is missing there:',
    '  ferry host add qemu+ssh://root@HOST/system',
    '  ferry doctor',
  ];
}

function systemctl(...words: string[]): void {
  try {
    execFileSync('systemctl', words, { stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new SetUpError(`systemctl ${words.join(' ')} failed: ${said}\nSee: journalctl -u ferry`);
  }
}

async function serves(socket: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += lookEveryMs) {
    if (existsSync(socket)) return;
    await setTimeout(lookEveryMs);
  }
  throw new SetUpError(
    `The controller has not come up within ${patienceMs / 1000} s. See: journalctl -u ferry`,
  );
}
