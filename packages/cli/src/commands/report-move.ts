import type { FerryClient, MigrationBody } from '@ferry/api';
import { exitCodes } from '../exit-codes.ts';
import { followMigration } from '../follow.ts';
import { print } from '../output/print.ts';
import { formatMigration } from '../output/views.ts';
import type { ClientOptions } from './client-command.ts';

/** Tells of a move that was accepted, or follows it to its end; gives the exit code. */
export async function reportMove(
  client: FerryClient,
  accepted: MigrationBody,
  options: ClientOptions & { readonly wait?: true | undefined },
): Promise<number> {
  if (options.wait !== true) {
    print(
      options.output,
      accepted,
      () =>
        `accepted: ${accepted.instanceName} ${accepted.kind === 'rehearsal' ? 'is rehearsed' : 'goes'} from ${accepted.sourceHost} to ${accepted.targetHost}\nfollow it: ferry migration show ${accepted.id} --wait`,
    );
    return exitCodes.ok;
  }
  const ended = await followMigration(client, accepted.id);
  print(options.output, ended, () => formatMigration(ended));
  return exitCodeOf(ended);
}

/** 0 only for a migration whose instance is on the target. */
export function exitCodeOf(migration: MigrationBody): number {
  const there: readonly string[] = ['completed', 'confirmed', 'finished', 'done'];
  return there.includes(migration.status) ? exitCodes.ok : exitCodes.failed;
}
