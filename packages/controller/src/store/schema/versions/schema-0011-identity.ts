import { firstProject, firstUser } from '@ferry/model';
import type { Kysely } from 'kysely';

/**
 * Users, projects, who may do what where, and what people show to prove it. The first project and user are there from the
 * start.
 */
export async function createIdentity(db: Kysely<unknown>): Promise<void> {
  await createUsersAndProjects(db);
  await createProofs(db);
  await db.schema
    .createTable('sign_in')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('failures', 'integer', (c) => c.notNull())
    .addColumn('last_at', 'text', (c) => c.notNull())
    .execute();
  await seed(db);
}

async function createUsersAndProjects(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('project')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('description', 'text', (c) => c.notNull())
    .addColumn('enabled', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('identity_user')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('email', 'text')
    .addColumn('description', 'text')
    .addColumn('enabled', 'integer', (c) => c.notNull())
    .addColumn('default_project_id', 'text')
    .addColumn('password_hash', 'text')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('role_assignment')
    .addColumn('user_id', 'text', (c) => c.notNull().references('identity_user.id'))
    .addColumn('target_kind', 'text', (c) => c.notNull())
    .addColumn('target_id', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('role_assignment_key', ['user_id', 'target_kind', 'target_id', 'role'])
    .execute();
}

async function createProofs(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('application_credential')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('description', 'text')
    .addColumn('user_id', 'text', (c) => c.notNull().references('identity_user.id'))
    .addColumn('project_id', 'text', (c) => c.notNull().references('project.id'))
    .addColumn('secret_hash', 'text', (c) => c.notNull())
    .addColumn('roles', 'text', (c) => c.notNull())
    .addColumn('unrestricted', 'integer', (c) => c.notNull())
    .addColumn('expires_at', 'text')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addUniqueConstraint('application_credential_name', ['user_id', 'name'])
    .execute();
  await db.schema
    .createTable('identity_token')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('user_id', 'text', (c) => c.notNull().references('identity_user.id'))
    .addColumn('target_kind', 'text', (c) => c.notNull())
    .addColumn('target_id', 'text', (c) => c.notNull())
    .addColumn('application_credential_id', 'text', (c) => c.references('application_credential.id'))
    .addColumn('methods', 'text', (c) => c.notNull())
    .addColumn('audit_ids', 'text', (c) => c.notNull())
    .addColumn('issued_at', 'text', (c) => c.notNull())
    .addColumn('expires_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('identity_token_user').on('identity_token').column('user_id').execute();
  await db.schema.createIndex('identity_token_expiry').on('identity_token').column('expires_at').execute();
}

/** What the first project and user are written into, as this version has it. */
interface SeededTables {
  project: { id: string; name: string; description: string; enabled: number; created_at: string };
  identity_user: {
    id: string;
    name: string;
    enabled: number;
    created_at: string;
  };
  role_assignment: { user_id: string; target_kind: string; target_id: string; role: string };
}

/** Without a password yet: `ferry serve` makes it at its first start. */
async function seed(db: Kysely<SeededTables>): Promise<void> {
  const createdAt = new Date().toISOString();
  const description = "What was there before there were projects, and what Ferry's own tokens make.";
  await db
    .insertInto('project')
    .values({ ...firstProject, description, enabled: 1, created_at: createdAt })
    .execute();
  await db
    .insertInto('identity_user')
    .values({ ...firstUser, enabled: 1, created_at: createdAt })
    .execute();
  const admin = { user_id: firstUser.id, role: 'admin' };
  await db
    .insertInto('role_assignment')
    .values([
      { ...admin, target_kind: 'project', target_id: firstProject.id },
      { ...admin, target_kind: 'system', target_id: '' },
    ])
    .execute();
}
