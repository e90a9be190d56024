import { type Command, Option } from '@commander-js/extra-typings';
import { connectToController } from '../connection.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatReport } from '../output/findings.ts';
import { print } from '../output/print.ts';
import { clientCommand } from './client-command.ts';
import { defineNetworksOption, mapNetworkOption } from './network-options.ts';
import { acceptOption } from './accept-option.ts';
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
        const report = await connectToController(options).check(instance, {
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
        });
        print(options.output, report, () => formatReport(report));
        if (!report.possible) setExitCode(exitCodes.checksFailed);
      }),
  );
}
