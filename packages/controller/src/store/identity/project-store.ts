import type { Project } from '@ferry/model';
import type { Kysely, Selectable } from 'kysely';
import { atomically, isUniqueViolation } from '../database/atomically.ts';
import type { ProjectTable } from '../schema/identity-schema.ts';
import type { Schema } from '../schema/schema.ts';
import type { Now } from '../database/clock.ts';
import { endTokens } from './token-store.ts';

/** Projects. One that is disabled or taken away has no tokens any more. */
export class ProjectStore {
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(db: Kysely<Schema>, now: Now) {
    this.#db = db;
    this.#now = now;
  }

  async list(): Promise<Project[]> {
    const rows = await this.#db.selectFrom('project').selectAll().orderBy('name').execute();
    return rows.map(readProject);
  }

  async byId(id: string): Promise<Project | null> {
    return this.#one('id', id);
  }

  async byName(name: string): Promise<Project | null> {
    return this.#one('name', name);
  }

  async add(project: Omit<Project, 'createdAt'>): Promise<Project | 'name-taken'> {
    const added = { ...project, createdAt: this.#now() };
    try {
      await this.#db.insertInto('project').values(writeProject(added)).execute();
    } catch (error) {
      if (isUniqueViolation(error)) return 'name-taken';
      throw error;
    }
    return added;
  }

  /** Null: there is no such project. */
  async change(
    id: string,
    change: Partial<Omit<Project, 'id' | 'createdAt'>>,
  ): Promise<Project | null | 'name-taken'> {
    try {
      return await atomically(this.#db, async (tx) => {
        const row = await tx.selectFrom('project').selectAll().where('id', '=', id).executeTakeFirst();
        if (row === undefined) return null;
        const after = { ...readProject(row), ...change };
        await tx.updateTable('project').set(writeProject(after)).where('id', '=', id).execute();
        if (!after.enabled) await endTokens(tx, { projectId: id });
        return after;
      });
    } catch (error) {
      if (isUniqueViolation(error)) return 'name-taken';
      throw error;
    }
  }

  /** Takes a project away that has no instances; else the names of those. */
  async remove(id: string): Promise<'removed' | 'not-found' | { readonly instances: readonly string[] }> {
    return atomically(this.#db, async (tx) => {
      const instances = await tx
        .selectFrom('instance_profile')
        .innerJoin('instance', 'instance.id', 'instance_profile.instance_id')
        .select('instance.name')
        .where('instance_profile.project_id', '=', id)
        .where('instance.deleted_at', 'is', null)
        .orderBy('instance.name')
        .execute();
      if (instances.length > 0) return { instances: instances.map(({ name }) => name) };
      await endTokens(tx, { projectId: id });
      await tx.deleteFrom('application_credential').where('project_id', '=', id).execute();
      await tx
        .deleteFrom('role_assignment')
        .where('target_kind', '=', 'project')
        .where('target_id', '=', id)
        .execute();
      await tx
        .updateTable('identity_user')
        .set({ default_project_id: null })
        .where('default_project_id', '=', id)
        .execute();
      const { numDeletedRows } = await tx.deleteFrom('project').where('id', '=', id).executeTakeFirst();
      return numDeletedRows > 0n ? 'removed' : 'not-found';
    });
  }

  async #one(column: 'id' | 'name', value: string): Promise<Project | null> {
    const row = await this.#db.selectFrom('project').selectAll().where(column, '=', value).executeTakeFirst();
    return row === undefined ? null : readProject(row);
  }
}

function readProject(row: Selectable<ProjectTable>): Project {
  const { id, name, description } = row;
  return { id, name, description, enabled: row.enabled === 1, createdAt: row.created_at };
}

function writeProject(project: Project): Selectable<ProjectTable> {
  const { id, name, description } = project;
  return { id, name, description, enabled: project.enabled ? 1 : 0, created_at: project.createdAt };
}
