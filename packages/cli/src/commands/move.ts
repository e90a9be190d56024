import { type Command, CommanderError, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { MoveBody } from '@ferry/api';
import { connectToController } from '../connection.ts';
import { acceptOption, clientCommand, type ClientOptions, wholeNumber } from './client-command.ts';
import { defineNetworksOption, mapNetworkOption, probeOption } from './network-options.ts';
import { reportMove } from './report-move.ts';
import { definePoolsOption, mapPathOption, mapPoolOption, sharedDeviceOption } from './storage-options.ts';

/** The next time at which a clock here shows HH:MM, UTC ISO 8601. */
export function nextTime(text: string, _former?: unknown, now = new Date()): string {
  const [, hour = '', minute = ''] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  if (hour === '' || Number(hour) > 23 || Number(minute) > 59)
    throw new InvalidArgumentError('a time of the day is wanted: HH:MM, 04:00 for one.');
  const next = new Date(now);
  next.setHours(Number(hour), Number(minute), 0, 0);
  if (next <= now) next.setDate(next.getDate() + 1);
  return next.toISOString();
}

/** When a move begins. */
function atOption(): Option<'--at <when>', undefined, undefined, undefined, false, 'now' | 'quiet'> {
  return new Option(
    '--at <when>',
    "quiet: begin in the quietest hour of the guest's day before --before, as far as it was measured",
  ).choices(['now', 'quiet'] as const);
}

/** By when it begins at the latest. */
function beforeOption(): Option<'--before <HH:MM>', undefined, undefined, string> {
  return new Option(
    '--before <HH:MM>',
    'with --at quiet: the local time by which it begins at the latest',
  ).argParser(nextTime);
}

/** What both options together ask for; `wrong`: what is wrong with them. */
export function quietBefore({
  at,
  before,
}: {
  readonly at?: 'now' | 'quiet' | undefined;
  readonly before?: string | undefined;
}): { readonly before: string | null } | { readonly wrong: string } {
  if (at === 'quiet' && before === undefined)
    return { wrong: '--at quiet takes --before HH:MM: by then it begins at the latest' };
  if (at !== 'quiet' && before !== undefined) return { wrong: '--before is for --at quiet' };
  return { before: before ?? null };
}

const mebibyte = 1024 * 1024;

/** `ferry live-migrate` and `ferry migrate`. */
export function addMoveCommands(program: Command, setExitCode: (code: number) => void): void {
  program.addCommand(
    clientCommand('live-migrate')
      .description('move a running instance to another host, without stopping it')
      .argument('<instance>', 'name or id')
      .argument('[host]', 'target; the host with most free memory when it is not named')
      .option('--wait', 'follow it to its end; the exit code is 0 only when it moved')
      .addOption(mapNetworkOption())
      .addOption(defineNetworksOption())
      .addOption(mapPoolOption())
      .addOption(mapPathOption())
      .addOption(definePoolsOption())
      .addOption(sharedDeviceOption())
      .addOption(acceptOption())
      .addOption(probeOption())
      .option('--announce', 'announce the guest to its networks once more after the switch-over')
      .option('--bandwidth <MiB/s>', 'send at most so much', wholeNumber(1))
      .option('--max-downtime <ms>', 'longest pause at the switch-over', wholeNumber(1))
      .addOption(
        new Option('--block-migration <mode>', 'insist on copying disks, or on not copying')
          .choices(['auto', 'yes', 'no'])
          .default('auto'),
      )
      .addOption(
        new Option(
          '--post-copy <when-lost>',
          'let it run on the target before all of its memory is there, where it changes memory too fast; and when a fault then loses that memory: ask, or restart it from its disks',
        ).choices(['never', 'ask', 'restart'] as const),
      )
      .addOption(policyOption())
      .option('--encrypted', 'only if memory and disks can go encrypted')
      .option('--unencrypted', 'memory and disks may go in the clear, also where both hosts could encrypt')
      .option(
        '--coordinated',
        'lead the switch-over from here also where all disks are shared: a target that falls silent at that moment costs seconds of standing still, not half a minute',
      )
      .addOption(atOption())
      .addOption(beforeOption())
      .addHelpText(
        'after',
        '\nExamples:\n  ferry live-migrate web compute12 --wait\n  ferry live-migrate web --at quiet --before 04:00\n  ferry live-migrate web --bandwidth 200 --wait\n  ferry live-migrate web compute12 --map-network br-lan=br0 --wait\n  ferry live-migrate web compute12 --map-path /var/lib/libvirt/images=/srv/images --wait\n  ferry live-migrate web compute12 --probe tcp:10.0.0.5:22 --wait\n',
      )
      .action(async (instance, host, options, command) => {
        const quiet = quietBefore(options);
        if ('wrong' in quiet) return command.error(`ferry: ${quiet.wrong}`);
        const move: MoveBody = {
          kind: 'live-migration',
          host: host ?? null,
          blockMigration: options.blockMigration,
          ...saidOptions(options),
          announce: options.announce === true,
          coordinated: options.coordinated === true,
          quietBefore: quiet.before,
          probe: options.probe ?? null,
          networkMap: options.mapNetwork,
          defineNetworks: options.defineNetworks === true,
          poolMap: options.mapPool,
          pathMap: options.mapPath,
          definePools: options.definePools === true,
          sharedDevices: [...options.sharedDevice],
          accept: [...options.accept],
        };
        setExitCode(await startMove(instance, move, options));
      }),
  );
  program.addCommand(
    clientCommand('migrate')
      .description(
        'move an instance powered off: files are copied, verified, and it is started again if it ran',
      )
      .argument('<instance>', 'name or id')
      .argument('[host]', 'target; the host with most free memory when it is not named')
      .option('--wait', 'follow it to its end; the exit code is 0 only when it moved')
      .addOption(mapNetworkOption())
      .addOption(defineNetworksOption())
      .addOption(mapPoolOption())
      .addOption(mapPathOption())
      .addOption(definePoolsOption())
      .addOption(sharedDeviceOption())
      .addOption(acceptOption())
      .addOption(probeOption())
      .option(
        '--warm',
        'copy the bulk while the guest runs, and only the rest when it is off: an outage of seconds',
      )
      .option(
        '--hold',
        'keep all of it at the source until you confirm or revert (`ferry migration confirm|revert`)',
      )
      .addOption(
        new Option('--on-start-failure <what>', 'where the target cannot start it: let it go back, or wait')
          .choices(['go-back', 'wait'] as const)
          .default('go-back' as const),
      )
      .option('--bandwidth <MiB/s>', 'send at most so much', wholeNumber(1))
      .addOption(policyOption())
      .addOption(atOption())
      .addOption(beforeOption())
      .option(
        '--shutdown-timeout <s>',
        'how long the guest may take to power off before it is ended',
        wholeNumber(0),
        60,
      )
      .addHelpText(
        'after',
        '\nExamples:\n  ferry migrate web compute12 --wait\n  ferry migrate web --shutdown-timeout 300 --wait\n  ferry migrate web compute12 --map-path /dev/vg0/web=/dev/vg1/web --wait\n  ferry migrate web compute12 --map-pool images=vms --define-pools --wait\n  ferry migrate web compute12 --warm --wait\n  ferry migrate web --warm --at quiet --before 04:00\n',
      )
      .action(async (instance, host, options, command) => {
        const quiet = quietBefore(options);
        if ('wrong' in quiet) return command.error(`ferry: ${quiet.wrong}`);
        const move: MoveBody = {
          kind: 'cold-migration',
          host: host ?? null,
          ...saidOptions(options),
          shutdownTimeoutMs: options.shutdownTimeout * 1000,
          warm: options.warm === true,
          hold: options.hold === true,
          startFailure: options.onStartFailure,
          quietBefore: quiet.before,
          probe: options.probe ?? null,
          networkMap: options.mapNetwork,
          defineNetworks: options.defineNetworks === true,
          poolMap: options.mapPool,
          pathMap: options.mapPath,
          definePools: options.definePools === true,
          sharedDevices: [...options.sharedDevice],
          accept: [...options.accept],
        };
        setExitCode(await startMove(instance, move, options));
      }),
  );
}

export function policyOption(): Option<'--policy <name>'> {
  return new Option('--policy <name>', 'a policy that holds for this move above those for its instance');
}

/** What was said wins over policies; what was not is left to them. */
export function saidOptions({
  bandwidth,
  maxDowntime,
  postCopy,
  policy,
  encrypted,
  unencrypted,
}: SaidOptions): Partial<MoveBody> {
  if (encrypted === true && unencrypted === true)
    throw new CommanderError(2, 'ferry.usage', '--encrypted and --unencrypted exclude each other');
  return {
    ...(encrypted === true ? { encryption: 'required' } : {}),
    ...(unencrypted === true ? { encryption: 'none' } : {}),
    ...(bandwidth === undefined ? {} : { bandwidthBytesPerSecond: bandwidth * mebibyte }),
    ...(maxDowntime === undefined ? {} : { maxDowntimeMs: maxDowntime }),
    ...(postCopy === undefined ? {} : { postCopy }),
    ...(policy === undefined ? {} : { policy }),
  };
}

interface SaidOptions {
  readonly bandwidth?: number | undefined;
  readonly maxDowntime?: number | undefined;
  readonly postCopy?: 'never' | 'ask' | 'restart' | undefined;
  readonly policy?: string | undefined;
  readonly encrypted?: true | undefined;
  readonly unencrypted?: true | undefined;
}

async function startMove(
  instance: string,
  move: MoveBody,
  options: ClientOptions & { readonly wait?: true | undefined },
): Promise<number> {
  const client = connectToController(options);
  return reportMove(client, await client.migrate(instance, move), options);
}
