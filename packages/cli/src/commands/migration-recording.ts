import { readFileSync, writeFileSync } from 'node:fs';
import { readRecording, replayRecording } from '@ferry/api';
import type { Command } from '@commander-js/extra-typings';
import { connectToController } from '../connection.ts';
import { print } from '../output/print.ts';
import { formatTable } from '../output/table.ts';
import { formatDuration } from '../output/units.ts';
import { clientCommand } from './client-command.ts';
import { addPolicyValueOptions, policyValuesGiven } from './policy-options.ts';

/** `ferry migration export` and `replay`. */
export function addRecordingCommands(migration: Command): void {
  migration.addCommand(
    clientCommand('export')
      .description(
        'what a migration showed and what was decided on it, look by look, as lines of JSON (NDJSON)',
      )
      .argument('<id>', 'id of the migration')
      .option('--file <path>', 'write it there, and not to standard output')
      .action(async (id, options) => {
        const text = await connectToController(options).recording(id);
        if (options.file === undefined) process.stdout.write(text);
        else writeFileSync(options.file, text);
      }),
  );
  addReplayCommand(migration);
}

function addReplayCommand(migration: Command): void {
  const command = clientCommand('replay')
    .description(
      'run the rules over an exported migration again, and show where they would have decided otherwise',
    )
    .argument('<file>', 'what `ferry migration export` wrote')
    .option('--policy <name>', 'held to this policy of the controller, in place of what it was held to')
    .option('--rules <name>', 'by these numbers: net-progress (the usual ones), patient or quick');
  migration.addCommand(
    addPolicyValueOptions(command)
      .addHelpText(
        'after',
        '\nValues that are given here hold in place of those that the recording has.\n\nExamples:\n  ferry migration replay web.ndjson\n  ferry migration replay web.ndjson --policy gentle\n  ferry migration replay web.ndjson --max-pause 5000 --when-stalled pause\n',
      )
      .action(async (file, options) => {
        const recorded = readRecording(readFileSync(file, 'utf8'));
        const named =
          options.policy === undefined
            ? {}
            : (await connectToController(options).policy(options.policy)).values;
        const values = { ...named, ...policyValuesGiven(options) };
        const decisions = replayRecording(recorded, values, options.rules);
        print(options.output, decisions, () => formatReplay(decisions));
      }),
  );
}

function formatReplay(decisions: ReturnType<typeof replayRecording>): string {
  if (decisions.length === 0) return 'Nothing was decided, and nothing would be.';
  const others = decisions.filter(({ by }) => by !== 'both').length;
  const whose = { both: '', recorded: 'only then', replayed: 'only now' } as const;
  const table = formatTable(
    [{ heading: 'AFTER' }, { heading: '' }, { heading: 'DECISION' }],
    decisions.map(({ elapsedMs, by, text }) => [formatDuration(elapsedMs), whose[by], text]),
  );
  const sum =
    others === 0
      ? 'They would have decided the same.'
      : `${others} decisions differ. What came after the first of them would have been another transfer.`;
  return `${table}\n${sum}`;
}
