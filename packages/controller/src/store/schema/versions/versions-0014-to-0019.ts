import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely';
import { isShared } from '../../database/atomically.ts';

/** Cold migrations whose source is kept until a person decides, and changes of size that come with them. */
export async function addHeldMigrations(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('migration')
    .addColumn('held', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable('migration').addColumn('resize', 'text').execute();
}

/** What it takes to start an instance elsewhere when its host is gone, and which hosts are known to be off. */
export async function addEvacuation(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('kept_definition')
    .addColumn('instance_id', 'text', (c) => c.primaryKey().references('instance.id'))
    .addColumn('host_id', 'text', (c) => c.notNull().references('host.id'))
    .addColumn('xml', 'text', (c) => c.notNull())
    .addColumn('domain', 'text', (c) => c.notNull())
    .addColumn('seen_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('shared_directory')
    .addColumn('host_id', 'text', (c) => c.notNull().references('host.id'))
    .addColumn('peer_id', 'text', (c) => c.notNull().references('host.id'))
    .addColumn('directory', 'text', (c) => c.notNull())
    .addColumn('proven_at', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('shared_directory_key', ['host_id', 'peer_id', 'directory'])
    .execute();
  await db.schema.alterTable('host').addColumn('fenced_at', 'text').execute();
  await db.schema.alterTable('host').addColumn('fenced_by', 'text').execute();
}

/** The catalogue of volumes, and which instances have them. */
export async function createVolumes(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('volume')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('description', 'text')
    .addColumn('project_id', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('place', 'text', (c) => c.notNull())
    .addColumn('host_ids', 'text', (c) => c.notNull())
    .addColumn('format', 'text', (c) => c.notNull())
    .addColumn('size_bytes', 'bigint')
    .addColumn('made', 'integer', (c) => c.notNull())
    .addColumn('shareable', 'integer', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('volume_project').on('volume').column('project_id').execute();
  await db.schema
    .createTable('volume_attachment')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('volume_id', 'text', (c) => c.notNull().references('volume.id'))
    .addColumn('instance_id', 'text', (c) => c.notNull().references('instance.id'))
    .addColumn('operation_id', 'text')
    .addColumn('target', 'text', (c) => c.notNull())
    .addColumn('tag', 'text')
    .addColumn('delete_on_termination', 'integer', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('found', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addUniqueConstraint('volume_attachment_once', ['volume_id', 'instance_id'])
    .execute();
  await db.schema
    .createIndex('volume_attachment_instance')
    .on('volume_attachment')
    .column('instance_id')
    .execute();
}

/** Who may open a console of an instance until when, and the addresses that owners say an instance is reached by. */
export async function addConsoles(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('console_token')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('instance_id', 'text', (c) => c.notNull().references('instance.id'))
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('expires_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema.alterTable('instance_profile').addColumn('access_ipv4', 'text').execute();
  await db.schema.alterTable('instance_profile').addColumn('access_ipv6', 'text').execute();
}

/** What migrations did not take away, and why; and hosts that Ferry does not look after any more, whose rows the records name. */
export async function addKeptAndRemoved(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('migration')
    .addColumn('kept', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute();
  await db.schema.alterTable('host').addColumn('removed_at', 'text').execute();
}

/** What tokens are got with, so that they end together; for whom those of consoles are; ids of images that are gone; the audit log. */
export async function addDoors(db: Kysely<unknown>): Promise<void> {
  await addParents(db);
  await addOwnersOfConsoles(db);
  await addDeletedImages(db);
  await addAudit(db);
}

const ofNobody = (c: ColumnDefinitionBuilder): ColumnDefinitionBuilder => c.notNull().defaultTo('');

/** Of the tokens that there are nobody knows what they were got with: those that were got with another end, after an hour they would anyway. */
async function addParents(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('identity_token')
    .addColumn('parent', 'text', (c) => c.references('identity_token.hash').onDelete('cascade'))
    .execute();
  await db.schema
    .alterTable('identity_token')
    .addColumn('own_token_id', 'text', (c) => c.references('token.id').onDelete('cascade'))
    .execute();
  await db.schema.createIndex('identity_token_parent').on('identity_token').column('parent').execute();
  await sql`delete from identity_token where methods like '%"token"%'`.execute(db);
}

/** Of those that there are nobody knows for whom; they are good for minutes. */
async function addOwnersOfConsoles(db: Kysely<unknown>): Promise<void> {
  await sql`delete from console_token`.execute(db);
  await db.schema.alterTable('console_token').addColumn('user_id', 'text', ofNobody).execute();
  await db.schema.alterTable('console_token').addColumn('sealed_token', 'text', ofNobody).execute();
}

/** Ids are not given again. Of images that were deleted before, those are known that instances were made from. */
async function addDeletedImages(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('deleted_image')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('deleted_at', 'text', (c) => c.notNull())
    .execute();
  await sql`
    insert into deleted_image (id, deleted_at)
    select distinct image_id, ${new Date().toISOString()} from instance_profile
    where image_id is not null and image_id not in (select id from library_image)`.execute(db);
}

/** Who did what. What is written there is changed by nobody: the database refuses it, whoever asks. */
async function addAudit(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('audit')
    .addColumn('sequence', isShared(db) ? 'bigserial' : 'integer', (c) =>
      isShared(db) ? c.primaryKey() : c.primaryKey().autoIncrement(),
    )
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('user_name', 'text', (c) => c.notNull())
    .addColumn('project_id', 'text')
    .addColumn('address', 'text', (c) => c.notNull())
    .addColumn('request_id', 'text', (c) => c.notNull())
    .addColumn('target', 'text', (c) => c.notNull())
    .addColumn('result', 'text', (c) => c.notNull())
    .addColumn('status', 'integer')
    .execute();
  await db.schema.createIndex('audit_at').on('audit').column('at').execute();
  if (!isShared(db)) {
    await sql`
      create trigger audit_unchanged before update on audit
      begin select raise(abort, 'the audit log is not changed'); end`.execute(db);
    return;
  }
  await sql`
    create function ferry_audit_unchanged() returns trigger language plpgsql
    as $$ begin raise exception 'the audit log is not changed'; end $$`.execute(db);
  await sql`
    create trigger audit_unchanged before update on audit
    for each row execute function ferry_audit_unchanged()`.execute(db);
}
