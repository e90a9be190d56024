import { readFileSync, writeFileSync } from 'node:fs';
import { Command, Option } from '@commander-js/extra-typings';
import { filterWords, type MigrationBody, readRecording, replayRecording } from '@ferry/api';
import { connectToController } from '../connection.ts';
import { exitCodes } from '../exit-codes.ts';
import { followMigration } from '../follow.ts';
import { print } from '../output/print.ts';
import { formatTable } from '../output/table.ts';
import { formatDuration } from '../output/units.ts';
import { formatMigration, formatMigrations } from '../output/views.ts';
import {
  clientCommand,
  type ClientOptions,
  givenOf,
  listCommand,
  oneOfOption,
  readSince,
} from './client-command.ts';
import { addInFlightCommands } from './migration-in-flight.ts';
import { addPolicyValueOptions, policyValuesGiven } from './policy-options.ts';
import { exitCodeOf } from './report-move.ts';

/** `ferry migration export` and `replay`. */
function addRecordingCommands(migration: Command): void {
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

/** `ferry migration …`. */
export function addMigrationCommands(program: Command, setExitCode: (code: number) => void): void {
  const migration = new Command('migration')
    .exitOverride()
    .description('migrations: list, show, change while they run, abort, confirm, revert, export, replay');
  migration.addCommand(
    listCommand()
      .description('all migrations, or those that fit all of the options, newest first')
      .option('--instance <instance>', 'of this instance: name or id')
      .option('--host <host>', 'from or to this host: name or id')
      .addOption(oneOfOption('--status <status>', 'where it stands', filterWords.statuses))
      .addOption(oneOfOption('--kind <kind>', 'how it moves', filterWords.kinds))
      .addOption(
        new Option('--open', 'that have still to end, or to be confirmed or reverted').conflicts('over'),
      )
      .option('--over', 'that have ended')
      .option('--since <time>', 'accepted since then: 2030-01-31, or 90m, 24h, 7d ago', readSince)
      .addHelpText(
        'after',
        '\nExamples:\n  ferry migration list --status running --host compute11\n  ferry migration list --open\n  ferry migration list --instance web --since 7d -o json\n',
      )
      .action(async (options) => {
        const { instance, host, status, kind, since, limit } = options;
        const open = options.open === true ? 'true' : options.over === true ? 'false' : undefined;
        const filter = givenOf({ instance, host, status, kind, open, since } as const);
        const migrations = await connectToController(options).migrations(givenOf({ ...filter, limit }));
        const none = Object.keys(filter).length === 0 ? undefined : 'No migration fits that.';
        print(options.output, migrations, () => formatMigrations(migrations, none));
      }),
  );
  migration.addCommand(
    clientCommand('show')
      .description('one migration')
      .argument('<id>', 'id of the migration')
      .option('--wait', 'follow it to its end; the exit code is 0 only when it moved')
      .action(async (id, options) => {
        const client = connectToController(options);
        const answer = options.wait === true ? await followMigration(client, id) : await client.migration(id);
        print(options.output, answer, () => formatMigration(answer));
        if (options.wait === true) setExitCode(exitCodeOf(answer));
      }),
  );
  migration.addCommand(
    clientCommand('abort')
      .description('end a migration that has not switched over; the instance runs on at its source')
      .argument('<id>', 'id of the migration')
      .action(async (id, options) => {
        const answer = await connectToController(options).abortMigration(id);
        print(
          options.output,
          answer,
          () =>
            `abort requested: ${answer.instanceName} stays at ${answer.sourceHost}\nfollow it: ferry migration show ${answer.id} --wait`,
        );
      }),
  );
  addInFlightCommands(migration, setExitCode);
  addRecordingCommands(migration);
  migration.addCommand(decisionCommand('confirm', setExitCode));
  migration.addCommand(decisionCommand('revert', setExitCode));
  program.addCommand(migration);
}

const decisionWords = {
  confirm: {
    about: 'a migration that is held stays where it is; its source lets go of what it kept',
    accepted: (one: MigrationBody) => `confirmed: ${one.instanceName} stays at ${one.targetHost}`,
    help: '\nExamples:\n  ferry migration confirm 5f2c… --wait\n',
  },
  revert: {
    about:
      'a migration that is held goes back: what was written at the target since is lost, unless its disks are shared',
    accepted: (one: MigrationBody) => `reverting: ${one.instanceName} goes back to ${one.sourceHost}`,
    help: '\nExamples:\n  ferry migration revert 5f2c… --wait\n',
  },
} as const;

function decisionCommand(
  decision: keyof typeof decisionWords,
  setExitCode: (code: number) => void,
): Command<[string], ClientOptions & { wait?: true }> {
  const { about, accepted, help } = decisionWords[decision];
  return clientCommand(decision)
    .description(about)
    .argument('<id>', 'id of the migration')
    .option('--wait', 'follow it to its end')
    .addHelpText('after', help)
    .action(async (id, options) => {
      const client = connectToController(options);
      const answer = await client.decideMigration(id, decision);
      if (options.wait !== true) {
        const follow = `follow it: ferry migration show ${answer.id} --wait`;
        print(options.output, answer, () => `${accepted(answer)}\n${follow}`);
        return;
      }
      const ended = await followMigration(client, id);
      print(options.output, ended, () => formatMigration(ended));
      const wanted = decision === 'confirm' ? 'confirmed' : 'reverted';
      setExitCode(ended.status === wanted ? exitCodes.ok : exitCodes.failed);
    });
}
