import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely';

/** What tokens are got with, so that they end together; for whom those of consoles are; ids of images that are gone. */
export async function addDoors(db: Kysely<unknown>): Promise<void> {
  await addParents(db);
  await addOwnersOfConsoles(db);
  await addDeletedImages(db);
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
