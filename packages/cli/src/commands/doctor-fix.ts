import type { FerryClient, FixResultBody } from '@ferry/api';
import { CommanderError } from '@commander-js/extra-typings';
import { askFirst } from '../ask-first.ts';
import { connectToController } from '../connection.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatFixed, formatFixes } from '../output/fix-views.ts';
import { print } from '../output/print.ts';
import type { ClientOptions } from './client-command.ts';

/** From harmless to harmful. */
const order = ['ok', 'info', 'warning', 'unknown', 'error'];

type FixOptions = ClientOptions & {
  readonly dryRun?: true | undefined;
  readonly yes?: true | undefined;
  readonly failOn: string;
};

/** `ferry doctor --fix`: shows what would be done, asks, has exactly that done, and says what is still found. */
export async function fixFindings(
  hosts: readonly string[],
  options: FixOptions,
  setExitCode: (code: number) => void,
): Promise<void> {
  const client = connectToController(options);
  const body = hosts.length === 0 ? {} : { hosts: [...hosts] };
  const planned = await client.fixFindings({ ...body, dryRun: true });
  if (options.dryRun === true || planned.hosts.length === 0) {
    print(options.output, planned, () => formatFixes(planned));
  } else {
    if (!(await askFirst(formatFixes(planned), options.yes === true)))
      throw new CommanderError(1, 'ferry.usage', 'nothing was changed');
    const done = await followed(client, () => client.fixFindings({ ...body, plan: planned.plan }));
    print(options.output, done, () => formatFixed(done));
    if (done.hosts.some(isNotWell)) setExitCode(exitCodes.failed);
    else if (leavesAsBad(done, options.failOn)) setExitCode(exitCodes.checksFailed);
    return;
  }
  if (leavesAsBad(planned, options.failOn)) setExitCode(exitCodes.checksFailed);
}

function isNotWell({ problem, fixes }: FixResultBody['hosts'][number]): boolean {
  return problem !== null || fixes.some(({ state }) => state === 'not-fixed');
}

function leavesAsBad({ left }: FixResultBody, least: string): boolean {
  return left.some(({ finding }) => order.indexOf(finding.severity) >= order.indexOf(least));
}

/** Prints what is told of hosts while the work goes on. */
async function followed<T>(client: FerryClient, work: () => Promise<T>): Promise<T> {
  const end = new AbortController();
  const follow = async (): Promise<void> => {
    for await (const { message } of client.events(null, end.signal, { kind: 'host.updated' }))
      if (message.startsWith('the doctor ')) process.stderr.write(`${message}\n`);
  };
  // Where events cannot be followed the work is done all the same.
  const following = follow().catch(() => undefined);
  try {
    return await work();
  } finally {
    end.abort();
    await following;
  }
}
