import type { DomainFacts, GuestAsks } from '@ferry/model';
import type { Kysely, Transaction } from 'kysely';
import { byLocks, isShared } from '../database/atomically.ts';
import type { Schema } from '../schema/schema.ts';
import { openSealed, seal } from '../database/sealed-text.ts';

/** What a host showed of a domain, with what the checks of a move ask by the rest of its definition; not set: nobody worked it out. */
export type KeptDomain = DomainFacts & { readonly asks?: GuestAsks };

/** An instance as it was last read from its host. */
export interface DefinitionBackup {
  readonly instanceId: string;
  readonly hostId: string;
  /** As another host can take it, with its secrets; sealed in the database. */
  readonly xml: string;
  readonly domain: KeptDomain;
  /** UTC ISO 8601. */
  readonly seenAt: string;
}

/** What Ferry remembers of instances for the day on which their host is gone. */
export class DefinitionBackupStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** That of an instance on a host; null where it was never read there. */
  async of(instanceId: string, hostId: string): Promise<DefinitionBackup | null> {
    const row = await this.#db
      .selectFrom('kept_definition')
      .selectAll()
      .where('instance_id', '=', instanceId)
      .where('host_id', '=', hostId)
      .executeTakeFirst();
    if (row === undefined) return null;
    const xml = openSealed(this.#db, 'kept_definition.xml', instanceId, row.xml);
    const domain = openSealed(this.#db, 'kept_definition.domain', instanceId, row.domain);
    return { instanceId, hostId, xml, domain: JSON.parse(domain) as KeptDomain, seenAt: row.seen_at };
  }

  /** Unless something is done to the instance, or was since it was looked at: a disk that it has lost may be another's by now. */
  async keep(backup: DefinitionBackup): Promise<void> {
    await this.#keep(backup, (tx) => hasChanged(tx, backup.instanceId, backup.seenAt));
  }

  /** By the operation that holds the instance, and by no other. */
  async keepHeld(backup: DefinitionBackup, operationId: string): Promise<void> {
    await this.#keep(backup, async (tx) => (await holderOf(tx, backup.instanceId)) !== operationId);
  }

  async #keep(
    { instanceId, hostId, xml, domain, seenAt }: DefinitionBackup,
    isStale: (tx: Transaction<Schema>) => Promise<boolean>,
  ): Promise<void> {
    const values = {
      host_id: hostId,
      xml: seal(this.#db, 'kept_definition.xml', instanceId, xml),
      domain: seal(this.#db, 'kept_definition.domain', instanceId, JSON.stringify(domain)),
      seen_at: seenAt,
    };
    await byLocks(this.#db, async (tx) => {
      if (await isStale(tx)) return;
      await tx
        .insertInto('kept_definition')
        .values({ instance_id: instanceId, ...values })
        .onConflict((conflict) => conflict.column('instance_id').doUpdateSet(values))
        .execute();
    });
  }

  /** Instances of a host that no migration holds and whose definition was not read there since then, the stalest first. */
  async stale(hostId: string, before: string, limit: number): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('instance')
      .leftJoin('kept_definition', (join) =>
        join
          .onRef('kept_definition.instance_id', '=', 'instance.id')
          .onRef('kept_definition.host_id', '=', 'instance.host_id'),
      )
      .select('instance.id')
      .where('instance.host_id', '=', hostId)
      .where('instance.deleted_at', 'is', null)
      .where('instance.operation_id', 'is', null)
      .where((where) =>
        where.or([
          where('kept_definition.seen_at', 'is', null),
          where('kept_definition.seen_at', '<', before),
        ]),
      )
      .orderBy((order) => order.fn.coalesce('kept_definition.seen_at', order.val('')))
      .orderBy('instance.id')
      .limit(limit)
      .execute();
    return rows.map(({ id }) => id);
  }

  /** When a peer was last seen to have the same directory as a host; by directory. */
  async sharedDirectories(hostId: string, peerId: string): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#db
      .selectFrom('shared_directory')
      .select(['directory', 'proven_at'])
      .where('host_id', '=', hostId)
      .where('peer_id', '=', peerId)
      .execute();
    return new Map(rows.map((row) => [row.directory, row.proven_at]));
  }

  /** Writes down which peers saw a directory of a host, and that the others, who were asked too, did not. */
  async sawDirectory(
    hostId: string,
    directory: string,
    seen: { readonly asked: readonly string[]; readonly sharing: readonly string[] },
    at: string,
  ): Promise<void> {
    await this.#db.transaction().execute(async (tx) => {
      const none = seen.asked.filter((peer) => !seen.sharing.includes(peer));
      if (none.length > 0)
        await tx
          .deleteFrom('shared_directory')
          .where('host_id', '=', hostId)
          .where('directory', '=', directory)
          .where('peer_id', 'in', none)
          .execute();
      for (const peer of seen.sharing)
        await tx
          .insertInto('shared_directory')
          .values({ host_id: hostId, peer_id: peer, directory, proven_at: at })
          .onConflict((conflict) =>
            conflict.columns(['host_id', 'peer_id', 'directory']).doUpdateSet({ proven_at: at }),
          )
          .execute();
    });
  }
}

/** Also when an operation is at it. What takes it waits until the transaction is done. */
/** Null: nothing holds it, or it is not there. */
async function holderOf(tx: Transaction<Schema>, instanceId: string): Promise<string | null> {
  const query = tx.selectFrom('instance').select('operation_id').where('id', '=', instanceId);
  const row = await (isShared(tx) ? query.forUpdate() : query).executeTakeFirst();
  return row?.operation_id ?? null;
}

async function hasChanged(tx: Transaction<Schema>, instanceId: string, since: string): Promise<boolean> {
  if ((await holderOf(tx, instanceId)) !== null) return true;
  const later = await tx
    .selectFrom('instance_action')
    .select('sequence')
    .where('instance_id', '=', instanceId)
    .where('updated_at', '>', since)
    .executeTakeFirst();
  return later !== undefined;
}

/** Of an instance whose disks are others now: it is read anew in the next round, and is not evacuated before. */
export async function forgetDefinition(tx: Transaction<Schema>, instanceId: string): Promise<void> {
  await tx.deleteFrom('kept_definition').where('instance_id', '=', instanceId).execute();
}
