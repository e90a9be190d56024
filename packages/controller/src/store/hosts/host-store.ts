import type {
  Host,
  HostFacts,
  HostMaintenance,
  HostService,
  HostUse,
  NetworkSettings,
  StorageSettings,
} from '@ferry/model';
import type { Session } from '../database/session.ts';
import type { Insertable, Kysely, Selectable, Transaction } from 'kysely';
import type { HostTable, Schema } from '../schema/schema.ts';

/** Hosts that Ferry looks after. */
export class HostStore {
  readonly #session: Session;
  readonly #db: Kysely<Schema>;

  constructor(session: Session) {
    this.#session = session;
    this.#db = session.db;
  }

  async list(): Promise<Host[]> {
    const rows = await this.#db
      .selectFrom('host')
      .selectAll()
      .where('removed_at', 'is', null)
      .orderBy('name')
      .execute();
    return rows.map(readHost);
  }

  async byId(id: string): Promise<Host | null> {
    const row = await this.#db.selectFrom('host').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : readHost(row);
  }

  /** The first by name of those that are reached by a URI; usually there is one. */
  async byUri(uri: string): Promise<Host | null> {
    const row = await this.#db
      .selectFrom('host')
      .selectAll()
      .where('uri', '=', uri)
      .where('removed_at', 'is', null)
      .orderBy('name')
      .executeTakeFirst();
    return row === undefined ? null : readHost(row);
  }

  async byNameOrId(name: string): Promise<Host | null> {
    const row = await this.#db
      .selectFrom('host')
      .selectAll()
      .where((where) => where.or([where('name', '=', name), where('id', '=', name)]))
      .where('removed_at', 'is', null)
      .executeTakeFirst();
    return row === undefined ? null : readHost(row);
  }

  /** Adds a host, or says which one already has its id or name. */
  async add(host: Host): Promise<{ added: true } | { added: false; there: Host }> {
    return this.#session.writeAlone(async ({ tx, tell }) => {
      const there = await tx
        .selectFrom('host')
        .selectAll()
        .where((where) => where.or([where('id', '=', host.id), where('name', '=', host.name)]))
        .executeTakeFirst();
      if (there !== undefined && there.removed_at === null)
        return { added: false as const, there: readHost(there) };
      if (there === undefined) {
        await tx.insertInto('host').values(writeHost(host)).execute();
        await tx.insertInto('host_number').values({ host_id: host.id }).execute();
        // One that was removed comes back as the host that it is, with what the records know of it.
      } else await tx.updateTable('host').set(writeHost(host)).where('id', '=', host.id).execute();
      await tell({ kind: 'host.added', subjectId: host.id, message: `${host.name} added` });
      return { added: true as const };
    });
  }

  /** What is recorded on each host that has anything, by the host's id. */
  uses(): Promise<ReadonlyMap<string, HostUse>> {
    return hostUses(this.#db);
  }

  /**
   * It is looked after no more, unless an instance is recorded on it or a migration under way has to do with it: then
   * what is recorded there. Its row stays for the records that name it.
   */
  async remove({ id, name }: Pick<Host, 'id' | 'name'>, at: string): Promise<HostUse | null> {
    return this.#session.write(async ({ tx, tell }) => {
      const found = (await hostUses(tx)).get(id);
      if (found !== undefined) return found;
      // Its name is free for another.
      const row = { removed_at: at, name: `${name} (removed, ${id})` };
      await tx.updateTable('host').set(row).where('id', '=', id).execute();
      await tx.deleteFrom('aggregate_host').where('host_id', '=', id).execute();
      await tx.deleteFrom('host_load').where('host_id', '=', id).execute();
      await tell({ kind: 'host.updated', subjectId: id, message: `${name} removed` });
      return null;
    });
  }

  /** Null: copies to it are encrypted. */
  async setTrustedCopyAddress(id: string, address: string | null): Promise<void> {
    await this.#session.writeAlone(async ({ tx, tell }) => {
      await tx.updateTable('host').set({ trusted_copy_address: address }).where('id', '=', id).execute();
      const message = address === null ? 'copies to it are encrypted' : `copies go to ${address} unencrypted`;
      await tell({ kind: 'host.updated', subjectId: id, message });
    });
  }

  /** How what guests are plugged into is found there. */
  async setNetworks(id: string, networks: NetworkSettings): Promise<void> {
    await this.#session.writeAlone(async ({ tx, tell }) => {
      await tx
        .updateTable('host')
        .set({ network_settings: JSON.stringify(networks) })
        .where('id', '=', id)
        .execute();
      const names = Object.entries(networks.map).map(([from, to]) => `${from} is ${to}`);
      const message = `networks there: ${names.join(', ') || 'as named elsewhere'}${networks.define ? ', missing ones are defined' : ''}`;
      await tell({ kind: 'host.updated', subjectId: id, message });
    });
  }

  /** Whether base images that Ferry brought there go when nothing uses them any more. */
  async setRemoveUnusedImages(id: string, on: boolean): Promise<void> {
    await this.#session.writeAlone(async ({ tx, tell }) => {
      const set = { remove_unused_images: on ? 1 : 0 };
      await tx.updateTable('host').set(set).where('id', '=', id).execute();
      const message = `base images that were brought there are ${on ? 'removed when nothing uses them' : 'left there'}`;
      await tell({ kind: 'host.updated', subjectId: id, message });
    });
  }

  /** Where disks of instances that are created there stand. */
  async setImageDirectory(id: string, directory: string | null): Promise<void> {
    await this.#session.writeAlone(async ({ tx, tell }) => {
      await tx.updateTable('host').set({ image_directory: directory }).where('id', '=', id).execute();
      const message = `disks of new instances: ${directory ?? 'in its pool "default"'}`;
      await tell({ kind: 'host.updated', subjectId: id, message });
    });
  }

  /** Where screens of guests listen that are made there or come there, and whether they speak TLS. */
  async setScreens(id: string, address: string | null, tls: boolean): Promise<void> {
    await this.#session.writeAlone(async ({ tx, tell }) => {
      await tx
        .updateTable('host')
        .set({ screen_address: address, screen_tls: tls ? 1 : 0 })
        .where('id', '=', id)
        .execute();
      const message = `screens of new guests listen on ${address ?? 'its loopback'}${tls ? ', and are reached by TLS' : ''}`;
      await tell({ kind: 'host.updated', subjectId: id, message });
    });
  }

  /** In which directories guests may have files there, beside those that its pools and guests have. */
  async setAllowedDirectories(id: string, directories: readonly string[]): Promise<void> {
    await this.#session.writeAlone(async ({ tx, tell }) => {
      const set = { allowed_directories: JSON.stringify(directories) };
      await tx.updateTable('host').set(set).where('id', '=', id).execute();
      const message = `directories allowed there: ${directories.join(', ') || 'those of its pools and its guests'}`;
      await tell({ kind: 'host.updated', subjectId: id, message });
    });
  }

  /** How the other hosts reach it. */
  /** Tells who follows events what is done to a host. */
  async tell(id: string, message: string): Promise<void> {
    await this.#session.writeAlone(({ tell }) => tell({ kind: 'host.updated', subjectId: id, message }));
  }

  async setPeerUri(id: string, peerUri: string): Promise<void> {
    await this.#session.writeAlone(async ({ tx, tell }) => {
      const { numUpdatedRows } = await tx
        .updateTable('host')
        .set({ peer_uri: peerUri })
        .where('id', '=', id)
        .where('peer_uri', '!=', peerUri)
        .executeTakeFirst();
      if (numUpdatedRows > 0n)
        await tell({ kind: 'host.updated', subjectId: id, message: `other hosts reach it at ${peerUri}` });
    });
  }

  /** What it can be chosen by. */
  async setLabels(id: string, labels: Host['labels']): Promise<void> {
    await this.#session.writeAlone(async ({ tx, tell }) => {
      const set = { labels: JSON.stringify(labels) };
      await tx.updateTable('host').set(set).where('id', '=', id).execute();
      const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
      await tell({
        kind: 'host.updated',
        subjectId: id,
        message: `labels: ${pairs.join(', ') || 'none'}`,
      });
    });
  }

  /** How the storage of guests is found there. */
  async setStorage(id: string, storage: StorageSettings): Promise<void> {
    await this.#session.writeAlone(async ({ tx, tell }) => {
      await tx
        .updateTable('host')
        .set({ storage_settings: JSON.stringify(storage) })
        .where('id', '=', id)
        .execute();
      const names = Object.entries({ ...storage.pools, ...storage.paths }).map(
        ([from, to]) => `${from} is ${to}`,
      );
      const message = `storage there: ${names.join(', ') || 'as named elsewhere'}${storage.define ? ', missing pools are defined' : ''}`;
      await tell({ kind: 'host.updated', subjectId: id, message });
    });
  }

  /** From here on it takes no instance; null: it does again. What was accepted before goes on. */
  async setMaintenance(id: string, maintenance: HostMaintenance | null): Promise<void> {
    await this.#session.writeAlone(async ({ tx, tell }) => {
      const set = { maintenance: maintenance === null ? null : JSON.stringify(maintenance) };
      await tx.updateTable('host').set(set).where('id', '=', id).execute();
      const why = maintenance === null || maintenance.reason === '' ? '' : `: ${maintenance.reason}`;
      const message = maintenance === null ? 'out of maintenance' : `in maintenance${why}`;
      await tell({ kind: 'host.updated', subjectId: id, message });
    });
  }

  /** It is off, says somebody; taken back when it answers. */
  async setFence(id: string, fence: { readonly at: string; readonly by: string }): Promise<void> {
    await this.#session.writeAlone(async ({ tx, tell }) => {
      await tx
        .updateTable('host')
        .set({ fenced_at: fence.at, fenced_by: fence.by })
        .where('id', '=', id)
        .execute();
      await tell({ kind: 'host.updated', subjectId: id, message: `off, says ${fence.by}` });
    });
  }

  /** Writes down what was seen of a host; tells of it only when its service went up or down. */
  async saw(
    id: string,
    seen: Pick<HostService, 'state' | 'reason'> & { at: string; facts: HostFacts | null },
  ): Promise<void> {
    await this.#session.writeAlone(async ({ tx, tell }) => {
      const before = await tx
        .selectFrom('host')
        .select(['name', 'state'])
        .where('id', '=', id)
        .executeTakeFirst();
      if (before === undefined) return;
      await tx
        .updateTable('host')
        .set({
          state: seen.state,
          reason: seen.reason,
          // Whoever said that it is off: it is not any more.
          ...(seen.state === 'up' ? { last_seen_at: seen.at, fenced_at: null, fenced_by: null } : {}),
          ...(seen.facts === null ? {} : { facts: JSON.stringify(seen.facts) }),
        })
        .where('id', '=', id)
        .execute();
      if (before.state === seen.state) return;
      const why = seen.reason === '' ? '' : `: ${seen.reason}`;
      await tell({
        kind: 'host.updated',
        subjectId: id,
        message: `${before.name} is ${seen.state}${why}`,
      });
    });
  }
}

/** A row of the host table as the model's noun. One that an operator says is down is down, whatever it answers. */
export function readHost(row: Selectable<HostTable>): Host {
  return {
    id: row.id,
    name: row.name,
    uri: row.uri,
    peerUri: row.peer_uri,
    trustedCopyAddress: row.trusted_copy_address,
    networks:
      row.network_settings === null
        ? { map: {}, define: false }
        : (JSON.parse(row.network_settings) as NetworkSettings),
    storage:
      row.storage_settings === null
        ? { pools: {}, paths: {}, define: false }
        : (JSON.parse(row.storage_settings) as StorageSettings),
    removeUnusedImages: row.remove_unused_images !== 0,
    imageDirectory: row.image_directory,
    screenAddress: row.screen_address,
    screenTls: row.screen_tls !== 0,
    allowedDirectories: JSON.parse(row.allowed_directories) as string[],
    labels: JSON.parse(row.labels) as Host['labels'],
    service: {
      ...(row.forced_down === 0
        ? { state: row.state as HostService['state'], reason: row.reason }
        : { state: 'down', reason: 'an operator has said that it is down (force-down)' }),
      status: row.status as HostService['status'],
      lastSeenAt: row.last_seen_at,
    },
    facts: row.facts === null ? null : (JSON.parse(row.facts) as HostFacts),
    maintenance: row.maintenance === null ? null : (JSON.parse(row.maintenance) as HostMaintenance),
    fence: row.fenced_at === null || row.fenced_by === null ? null : { at: row.fenced_at, by: row.fenced_by },
  };
}

function writeHost(host: Host): Insertable<HostTable> {
  return {
    id: host.id,
    name: host.name,
    uri: host.uri,
    peer_uri: host.peerUri,
    trusted_copy_address: host.trustedCopyAddress,
    network_settings: JSON.stringify(host.networks),
    storage_settings: JSON.stringify(host.storage),
    remove_unused_images: host.removeUnusedImages ? 1 : 0,
    image_directory: host.imageDirectory,
    screen_address: host.screenAddress,
    screen_tls: host.screenTls ? 1 : 0,
    allowed_directories: JSON.stringify(host.allowedDirectories),
    labels: JSON.stringify(host.labels),
    status: host.service.status,
    state: host.service.state,
    reason: host.service.reason,
    last_seen_at: host.service.lastSeenAt,
    facts: host.facts === null ? null : JSON.stringify(host.facts),
    maintenance: host.maintenance === null ? null : JSON.stringify(host.maintenance),
    fenced_at: host.fence?.at ?? null,
    fenced_by: host.fence?.by ?? null,
    disabled_reason: null,
    removed_at: null,
  };
}

const none: HostUse = { instances: 0, migrations: 0 };

/** What is recorded on each host that has anything, by the host's id: instances, and migrations that are not over. */
async function hostUses(db: Kysely<Schema> | Transaction<Schema>): Promise<Map<string, HostUse>> {
  const instances = await db
    .selectFrom('instance')
    .select(['host_id', ({ fn }) => fn.countAll().as('count')])
    .where('deleted_at', 'is', null)
    .groupBy('host_id')
    .execute();
  const uses = new Map<string, HostUse>(
    instances.map(({ host_id, count }) => [host_id, { ...none, instances: Number(count) }]),
  );
  const migrations = await db
    .selectFrom('migration')
    .leftJoin('operation', 'operation.id', 'migration.id')
    .select(['source_host_id', 'target_host_id'])
    .where((where) => where.or([where('finished_at', 'is', null), where('operation.state', '=', 'open')]))
    .execute();
  for (const { source_host_id, target_host_id } of migrations) {
    for (const id of new Set([source_host_id, target_host_id])) {
      const use = uses.get(id) ?? none;
      uses.set(id, { ...use, migrations: use.migrations + 1 });
    }
  }
  return uses;
}
