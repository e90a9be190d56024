import { Kysely, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { EventStore } from './event-store.ts';
import { HostStore } from './host-store.ts';
import { ImageStore } from './image-store.ts';
import { InstanceStore } from './instance-store.ts';
import { MigrationStore } from './migration-store.ts';
import { openNodeSqlite } from './node-sqlite.ts';
import { OperationStore } from './operation-store.ts';
import type { Schema } from './schema.ts';
import { schemaMigrations } from './schema-migrations.ts';
import { SecurityGroupStore } from './security-group-store.ts';
import { TokenStore } from './token-store.ts';
import { VolumeStore } from './volume-store.ts';

/** A clock that says the time as UTC ISO 8601. */
export type Now = () => string;

/** All that Ferry remembers, by noun. Everything that happens together is one call on one noun's store. */
export class Store {
  readonly hosts: HostStore;
  readonly instances: InstanceStore;
  readonly migrations: MigrationStore;
  readonly operations: OperationStore;
  readonly events: EventStore;
  readonly tokens: TokenStore;
  readonly securityGroups: SecurityGroupStore;
  readonly images: ImageStore;
  readonly volumes: VolumeStore;
  readonly #db: Kysely<Schema>;

  private constructor(db: Kysely<Schema>, now: Now) {
    this.#db = db;
    this.events = new EventStore(db, now);
    this.hosts = new HostStore(db, this.events);
    this.instances = new InstanceStore(db, this.events);
    this.migrations = new MigrationStore(db, this.events, now);
    this.operations = new OperationStore(db);
    this.tokens = new TokenStore(db, now);
    this.securityGroups = new SecurityGroupStore(db, this.events, now);
    this.images = new ImageStore(db, this.events, now);
    this.volumes = new VolumeStore(db);
  }

  /** Opens the database file (`:memory:` for tests) and brings its schema up to date. */
  static async open(path: string, now: Now = () => new Date().toISOString()): Promise<Store> {
    const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: openNodeSqlite(path) }) });
    const { error } = await new Migrator({ db, provider: schemaMigrations }).migrateToLatest();
    if (error !== undefined) {
      await db.destroy();
      throw new Error(`The database ${path} could not be brought to this version of Ferry`, { cause: error });
    }
    return new Store(db, now);
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }
}
