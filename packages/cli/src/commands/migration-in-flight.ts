import type { ChangeMigrationBody, MigrationBody } from '@ferry/api';
import type { Command } from '@commander-js/extra-typings';
import { askFirst } from '../ask-first.ts';
import { connectToController } from '../connection.ts';
import { exitCodes } from '../exit-codes.ts';
import { print } from '../output/print.ts';
import { formatBytes, formatDuration } from '../output/units.ts';
import { clientCommand, wholeNumber } from './client-command.ts';

const mebibyte = 1024 * 1024;

/** Commands on a live migration that is sending: set, force-complete, post-copy, pause. */
export function addInFlightCommands(migration: Command, setExitCode: (code: number) => void): void {
  addSetCommand(migration, setExitCode);
  for (const end of ['force-complete', 'post-copy', 'pause'] as const)
    migration.addCommand(
      clientCommand(end)
        .description(abouts[end])
        .argument('<id>', 'id of the migration')
        .option('-y, --yes', 'do not ask')
        .action(async (id, options) => {
          const client = connectToController(options);
          const now = await client.migration(id);
          if (!(await askFirst(sentences[end](now), options.yes === true)))
            return setExitCode(exitCodes.failed);
          const answer = await client.endTransfer(id, end);
          print(options.output, answer, () => `requested; follow it: ferry migration show ${id} --wait`);
        }),
    );
}

const abouts = {
  'force-complete':
    'bring a live migration to its end now: by post-copy where that was allowed, else with the guest paused',
  'post-copy': 'let the guest run on the target now, and fetch the rest of its memory there',
  pause: 'pause the guest until the target has it',
} as const;

const sentences = {
  'force-complete': (one: MigrationBody) =>
    `${one.instanceName}: begins post-copy where the move allowed it. Otherwise ${pauseOf(one)}`,
  'post-copy': (one: MigrationBody) =>
    `${one.instanceName}: runs on ${one.targetHost} at once and fetches ${leftOf(one)} from ${one.sourceHost}. A fault of either host or of their link meanwhile loses its memory, and there is no way back.`,
  pause: (one: MigrationBody) => `${one.instanceName}: ${pauseOf(one)}`,
} as const;

function addSetCommand(migration: Command, setExitCode: (code: number) => void): void {
  migration.addCommand(
    clientCommand('set')
      .description('change what holds for a live migration that is sending')
      .argument('<id>', 'id of the migration')
      .option('--bandwidth <MiB/s>', 'send at most so much from now on', wholeNumber(1))
      .option('--max-downtime <ms>', 'downtime budget from now on', wholeNumber(1))
      .option('--policy <name>', 'what this policy says holds from now on')
      .option('-y, --yes', 'do not ask')
      .addHelpText(
        'after',
        '\nExamples:\n  ferry migration set 5f2c… --bandwidth 400\n  ferry migration set 5f2c… --max-downtime 2000 --yes\n  ferry migration set 5f2c… --policy gentle\n',
      )
      .action(async (id, options) => {
        const client = connectToController(options);
        const change: ChangeMigrationBody = {
          ...(options.bandwidth === undefined
            ? {}
            : { bandwidthBytesPerSecond: options.bandwidth * mebibyte }),
          ...(options.maxDowntime === undefined ? {} : { maxDowntimeMs: options.maxDowntime }),
          ...(options.policy === undefined ? {} : { policy: options.policy }),
        };
        const sentence = changeSentence(await client.migration(id), change);
        if (!(await askFirst(sentence, options.yes === true))) return setExitCode(exitCodes.failed);
        const answer = await client.changeMigration(id, change);
        print(options.output, answer, () => `changed; follow it: ferry migration show ${id} --wait`);
      }),
  );
}

function changeSentence(
  { instanceName, sourceHost, targetHost }: MigrationBody,
  change: ChangeMigrationBody,
): string {
  const { bandwidthBytesPerSecond, maxDowntimeMs, policy } = change;
  const parts = [
    ...(bandwidthBytesPerSecond == null ? [] : [`sends at most ${formatBytes(bandwidthBytesPerSecond)}/s`]),
    ...(maxDowntimeMs == null
      ? []
      : [`may stand still for ${formatDuration(maxDowntimeMs)} at its switch-over`]),
    ...(policy === undefined ? [] : [`is held to policy ${policy}`]),
  ];
  const what = parts.length === 0 ? 'nothing is changed' : `${parts.join(', ')} from now on`;
  return `${instanceName}, ${sourceHost} to ${targetHost}: ${what}.`;
}

function pauseOf(one: MigrationBody): string {
  const { progress } = one;
  const rate = progress?.rateBytesPerSecond ?? 0;
  const left = progress?.memoryRemainingBytes ?? progress?.remainingBytes ?? 0;
  const howLong =
    rate === 0
      ? 'for as long as that takes, which is not known'
      : `for about ${formatDuration((left / rate) * 1000)}`;
  return `the guest is paused until ${one.targetHost} has it, ${howLong} (${leftOf(one)} to go).`;
}

function leftOf({ progress }: MigrationBody): string {
  return formatBytes(progress?.memoryRemainingBytes ?? progress?.remainingBytes ?? 0);
}
