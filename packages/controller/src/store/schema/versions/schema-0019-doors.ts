import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely';
import { isShared } from '../../database/atomically.ts';

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
