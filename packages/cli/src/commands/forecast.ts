import { Command } from '@commander-js/extra-typings';
import { connectToController } from '../connection.ts';
import { formatForecastErrors, formatForecastReport, formatMemoryProfile } from '../output/forecast-views.ts';
import { print } from '../output/print.ts';
import { clientCommand, wholeNumber } from './client-command.ts';
import { mapNetworkOption } from './network-options.ts';
import { mapPathOption, mapPoolOption } from './storage-options.ts';

const mebibyte = 1024 * 1024;

/** `ferry forecast …`. */
export function addForecastCommands(program: Command): void {
  const forecast = new Command('forecast')
    .exitOverride()
    .description('what would become of a live migration, and how good forecasts were');
  forecast.addCommand(
    clientCommand('show')
      .description(
        'would it end, how long would it take, how long would the guest stand still? Measures the guest for 18 s, moves nothing',
      )
      .argument('<instance>', 'name or id')
      .argument('[host]', 'target; Ferry chooses when it is not named')
      .option('--bandwidth <MiB/s>', 'send at most so much', wholeNumber(1))
      .option('--max-downtime <ms>', 'longest pause at the switch-over', wholeNumber(1))
      .addOption(mapNetworkOption())
      .addOption(mapPoolOption())
      .addOption(mapPathOption())
      .addHelpText(
        'after',
        '\nExamples:\n  ferry forecast web compute12\n  ferry forecast web compute12 --bandwidth 200 --max-downtime 500\n  ferry forecast report\n',
      )
      .action(async (instance, host, options) => {
        const report = await connectToController(options).forecast(instance, {
          kind: 'live-migration',
          host: host ?? null,
          bandwidthBytesPerSecond: options.bandwidth === undefined ? null : options.bandwidth * mebibyte,
          maxDowntimeMs: options.maxDowntime ?? null,
          networkMap: options.mapNetwork,
          poolMap: options.mapPool,
          pathMap: options.mapPath,
        });
        print(options.output, report, () => formatForecastReport(report));
      }),
    { isDefault: true },
  );
  forecast.addCommand(
    clientCommand('report')
      .description('how far forecasts were from what came of their migrations')
      .option('--instance <instance>', 'of this instance alone: name or id')
      .action(async (options) => {
        const filter = options.instance === undefined ? {} : { instance: options.instance };
        const errors = await connectToController(options).forecastErrors(filter);
        print(options.output, errors, () => formatForecastErrors(errors));
      }),
  );
  forecast.addCommand(
    clientCommand('profile')
      .description('how much of its memory an instance changes, by the hour of the day')
      .argument('<instance>', 'name or id')
      .action(async (instance, options) => {
        const profile = await connectToController(options).memoryProfile(instance);
        print(options.output, profile, () => formatMemoryProfile(profile));
      }),
  );
  program.addCommand(forecast);
}
