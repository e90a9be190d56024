import type { ProjectRole } from './caller.ts';

/** A user of Ferry's own identity service. Ids are 32 hexadecimal digits, as Keystone's. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly description: string | null;
  /** One that is not enabled neither signs in nor has tokens. */
  readonly enabled: boolean;
  /** Where a token is for that names no scope. */
  readonly defaultProjectId: string | null;
  readonly createdAt: string;
}

/** Whom instances and what belongs to them is shared among. */
export interface Project {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly createdAt: string;
}

/** What a role is held in, or a token is for: one project, the whole system, or the one domain, which holds all projects. */
export type RoleTarget =
  | { readonly kind: 'project'; readonly id: string }
  | { readonly kind: 'system' }
  | { readonly kind: 'domain' };

/** That somebody has a role somewhere; weaker roles that it includes are not written down. */
export interface RoleAssignment {
  readonly userId: string;
  readonly target: RoleTarget;
  readonly role: ProjectRole;
}

/** A second way in for programs: its own secret, at most its maker's roles in one project, an end of its own. */
export interface ApplicationCredential {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly userId: string;
  readonly projectId: string;
  readonly roles: readonly ProjectRole[];
  /** Whether who comes in with it may make and delete such credentials. */
  readonly unrestricted: boolean;
  readonly expiresAt: string | null;
  readonly createdAt: string;
}

/** What a token stands for now: roles that were taken away since it was issued are not in it. */
export interface TokenFacts {
  readonly user: Pick<User, 'id' | 'name'>;
  /** Null: unscoped, good for asking for another token. */
  readonly target: RoleTarget | null;
  readonly projectName: string | null;
  /** Included ones as well. */
  readonly roles: readonly ProjectRole[];
  /** How its owner proved who they are, the last way first. */
  readonly methods: readonly string[];
  /** Its own, and that of the first of the tokens that it was got with. */
  readonly auditIds: readonly string[];
  readonly issuedAt: string;
  readonly expiresAt: string;
  readonly applicationCredential: Pick<ApplicationCredential, 'id' | 'name' | 'unrestricted'> | null;
}

/** The one domain that Ferry has, which all users and projects are in. */
export const theDomain = { id: 'default', name: 'Default' } as const;

/** What a request for a token asks it to be for; projects by id, or by name in the one domain. */
export type AskedScope =
  | { readonly kind: 'project'; readonly project: { readonly id: string } | { readonly name: string } }
  | { readonly kind: 'system' }
  | { readonly kind: 'domain' }
  | { readonly kind: 'unscoped' }
  /** Nothing was said: the user's own default project, where they have a role in it. */
  | { readonly kind: 'default' };

/** What the token can be for. */
interface ScopeFacts {
  /** The project that was asked for, or the user's default; null when there is none, or it is not enabled. */
  readonly projectId: string | null;
  /** Whether the user holds any role in it, or in what else was asked for. */
  readonly holdsRole: boolean;
  /** The one project of an application credential; null for other ways in. */
  readonly boundTo: string | null;
}

/** What the token is for; `refused` when the user may not have one for what was asked. */
export function chooseScope(asked: AskedScope, facts: ScopeFacts): RoleTarget | 'unscoped' | 'refused' {
  const { projectId, holdsRole, boundTo } = facts;
  if (boundTo !== null) {
    const other = asked.kind !== 'default' && !(asked.kind === 'project' && projectId === boundTo);
    return other || projectId !== boundTo || !holdsRole ? 'refused' : { kind: 'project', id: boundTo };
  }
  switch (asked.kind) {
    case 'unscoped':
      return 'unscoped';
    case 'default':
      return projectId !== null && holdsRole ? { kind: 'project', id: projectId } : 'unscoped';
    case 'project':
      return projectId !== null && holdsRole ? { kind: 'project', id: projectId } : 'refused';
    case 'system':
    case 'domain':
      return holdsRole ? { kind: asked.kind } : 'refused';
  }
}
