import type { MoveContext } from '../context/move-context.ts';
import type { Asking } from '../facts/files/look-for-users.ts';
import { removeUnused } from './remove-unused.ts';

/** What of it is not as usual. */
interface RemovalOptions extends Pick<Asking, 'moves'> {
  /** Files that stay in any case, and why. */
  readonly keptAnyway?: ReadonlyMap<string, string>;
}

/**
 * Removes files of one side of a move, each only where nobody else has it; what stays is written down with its reason. The
 * move's own instance on that host does not count, nor does the move.
 */
export async function removeFiles(
  context: MoveContext,
  side: 'source' | 'target',
  paths: readonly string[],
  { keptAnyway = new Map(), moves }: RemovalOptions = {},
): Promise<void> {
  const { services, input, signal } = context;
  const { migrations, hosts } = services.store;
  const host = await hosts.byId(input[side].id);
  if (host === null) throw new Error(`host ${input[side].id} of ${input.migrationId} is not in the store`);
  const asking = { instanceId: input.instanceId, migrationId: input.migrationId, ...(moves && { moves }) };
  const removable = paths.filter((path) => !keptAnyway.has(path));
  for (const { path, because } of await removeUnused(services, host, removable, asking, { signal }))
    await migrations.setKept(input.migrationId, { host: host.name, path }, because);
  for (const [path, because] of keptAnyway)
    if (paths.includes(path)) await migrations.setKept(input.migrationId, { host: host.name, path }, because);
}
