import { type Command, Option } from '@commander-js/extra-typings';
import type { MoveBody } from '@ferry/api';
import { connectToController } from '../connection.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatReport } from '../output/findings.ts';
import { formatForecastReport } from '../output/forecast-views.ts';
import { print } from '../output/print.ts';
import { acceptOption, clientCommand, wholeNumber } from './client-command.ts';
import { policyOption, saidOptions } from './move.ts';
import { defineNetworksOption, mapNetworkOption } from './network-options.ts';
import { reportMove } from './report-move.ts';
import { definePoolsOption, mapPathOption, mapPoolOption, sharedDeviceOption } from './storage-options.ts';

/** `ferry check`: would a move work? */
export function addCheckCommand(program: Command, setExitCode: (code: number) => void): void {
  program.addCommand(
    clientCommand('check')
      .description('would this move work? Every finding with what was compared and the fix; moves nothing')
      .argument('<instance>', 'name or id')
      .argument('[host]', 'target; Ferry chooses when it is not named')
      .option('--cold', 'check a cold migration instead of a live one')
      .option('--warm', 'check a cold migration whose bulk is copied while the guest runs')
      .addOption(
        new Option('--block-migration <mode>', 'insist on copying disks, or on not copying')
          .choices(['auto', 'yes', 'no'])
          .default('auto'),
      )
      .option(
        '--forecast',
        'tell alone what would become of a live one, as `ferry forecast` does: takes 18 s',
      )
      .addOption(mapNetworkOption())
      .addOption(defineNetworksOption())
      .addOption(mapPoolOption())
      .addOption(mapPathOption())
      .addOption(definePoolsOption())
      .addOption(sharedDeviceOption())
      .addOption(acceptOption())
      .option('--policy <name>', 'with a policy that the move would name')
      .addHelpText(
        'after',
        '\nExamples:\n  ferry check web compute12\n  ferry check web --cold -o json\n  ferry check web compute12 --warm\n',
      )
      .action(async (instance, host, options) => {
        const client = connectToController(options);
        const move: MoveBody = {
          kind: options.cold === true || options.warm === true ? 'cold-migration' : 'live-migration',
          host: host ?? null,
          blockMigration: options.blockMigration,
          networkMap: options.mapNetwork,
          defineNetworks: options.defineNetworks === true,
          poolMap: options.mapPool,
          pathMap: options.mapPath,
          definePools: options.definePools === true,
          sharedDevices: [...options.sharedDevice],
          accept: [...options.accept],
          warm: options.warm === true,
          ...(options.policy === undefined ? {} : { policy: options.policy }),
        };
        if (options.forecast === true) {
          const forecast = await client.forecast(instance, move);
          print(options.output, forecast, () => formatForecastReport(forecast));
          return;
        }
        const report = await client.check(instance, move);
        print(options.output, report, () => formatReport(report));
        if (!report.possible) setExitCode(exitCodes.checksFailed);
      }),
  );
}

/** `ferry rehearse`. */
export function addRehearseCommand(program: Command, setExitCode: (code: number) => void): void {
  program.addCommand(
    clientCommand('rehearse')
      .description(
        'all of a live migration but the move: checks, preparation, an empty guest over the same way, the link measured; then all of it is taken back',
      )
      .argument('<instance>', 'name or id')
      .argument('[host]', 'target; the host with most free memory when it is not named')
      .option('--no-wait', 'do not follow it to its end')
      .option('--coordinated', 'as of `ferry live-migrate --coordinated`')
      .option('--bandwidth <MiB/s>', 'send at most so much', wholeNumber(1))
      .option('--max-downtime <ms>', 'longest pause at the switch-over', wholeNumber(1))
      .addOption(policyOption())
      .addOption(mapNetworkOption())
      .addOption(defineNetworksOption())
      .addOption(mapPoolOption())
      .addOption(mapPathOption())
      .addOption(definePoolsOption())
      .addOption(sharedDeviceOption())
      .addOption(acceptOption())
      .addHelpText(
        'after',
        '\nExamples:\n  ferry rehearse web compute12\n  ferry rehearse web --policy gentle -o json\n  ferry rehearse web compute12 --map-path /var/lib/libvirt/images=/srv/images\n\nThe guest runs on and is not touched. It is held meanwhile: nothing else is done to it. Exit code 0: the migration would get as far as its transfer.\n',
      )
      .action(async (instance, host, options) => {
        const client = connectToController(options);
        const accepted = await client.rehearse(instance, {
          kind: 'live-migration',
          host: host ?? null,
          ...saidOptions(options),
          coordinated: options.coordinated === true,
          networkMap: options.mapNetwork,
          defineNetworks: options.defineNetworks === true,
          poolMap: options.mapPool,
          pathMap: options.mapPath,
          definePools: options.definePools === true,
          sharedDevices: [...options.sharedDevice],
          accept: [...options.accept],
        });
        setExitCode(await reportMove(client, accepted, { ...options, wait: options.wait || undefined }));
      }),
  );
}
