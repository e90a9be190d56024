import { setTimeout as pause } from 'node:timers/promises';
import type { AuditBody, AuditFilter, FerryClient } from '@ferry/api';
import type { Command } from '@commander-js/extra-typings';
import { connectToController } from '../connection.ts';
import { auditLine, formatAudit } from '../output/identity-views.ts';
import { print } from '../output/print.ts';
import { clientCommand, readSince, wholeNumber } from './client-command.ts';

const pageLength = 1_000;
const followMs = 2_000;

/** `ferry audit`: who did what. */
export function addAuditCommand(program: Command): void {
  program.addCommand(
    clientCommand('audit')
      .description('who did what to what, from where and with which result (for admins)')
      .option(
        '--since <time>',
        'from then on: 2030-01-31, 2030-01-31T12:00:00Z, or 90m, 24h, 7d ago',
        readSince,
      )
      .option('--user <user>', 'by name or id')
      .option('--action <action>', 'for example identity:users.create')
      .option('--target <name>', 'what it was done to: a name or id, as the request named it')
      .option('--limit <n>', 'newest records that are shown', wholeNumber(1), 50)
      .option('--jsonl', 'all records as lines of JSON, oldest first, for export')
      .option('--follow', 'go on with what is done from now on')
      .addHelpText(
        'after',
        '\nExamples:\n  ferry audit --since 24h --user ada\n  ferry audit --jsonl --since 2030-01-01 > audit.jsonl\n  ferry audit --follow\n',
      )
      .action(async ({ since, user, action, target, ...options }) => {
        const client = connectToController(options);
        const filter: AuditFilter = {
          ...(since === undefined ? {} : { since }),
          ...(user === undefined ? {} : { user }),
          ...(action === undefined ? {} : { action }),
          ...(target === undefined ? {} : { target }),
        };
        const line = options.jsonl === true ? JSON.stringify : auditLine;
        if (options.jsonl === true) {
          const last = await printAfter(client, filter, 0, line);
          if (options.follow === true) await follow(client, filter, last, line);
          return;
        }
        const records = await client.audit({ ...filter, limit: Math.min(options.limit, pageLength) });
        const oldestFirst = records.toReversed();
        print(options.output, oldestFirst, () => formatAudit(oldestFirst));
        if (options.follow === true) await follow(client, filter, records[0]?.sequence ?? 0, line);
      }),
  );
}

/** All after a number, page by page; the number of the last. */
async function printAfter(
  client: FerryClient,
  filter: AuditFilter,
  after: number,
  line: (record: AuditBody) => string,
): Promise<number> {
  let last = after;
  for (;;) {
    const records = await client.audit({ ...filter, after: last, limit: pageLength });
    for (const record of records) process.stdout.write(`${line(record)}\n`);
    last = records.at(-1)?.sequence ?? last;
    if (records.length < pageLength) return last;
  }
}

/** Until somebody ends it. */
async function follow(
  client: FerryClient,
  filter: AuditFilter,
  after: number,
  line: (record: AuditBody) => string,
): Promise<never> {
  for (let last = after; ; ) {
    last = await printAfter(client, filter, last, line);
    await pause(followMs);
  }
}
