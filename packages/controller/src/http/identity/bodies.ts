import {
  type ApplicationCredential,
  namedRole,
  type NamedRole,
  type Project,
  type RoleAssignment,
  theDomain,
  type TokenFacts,
  type User,
} from '@ferry/model';

/** Names by ids, for bodies that tell both. */
export interface Names {
  readonly users: ReadonlyMap<string, string>;
  readonly projects: ReadonlyMap<string, string>;
}

/** A list in Keystone's form; it is cut into pages where it is sent (`pageOfList`). */
export function listBody(noun: string, items: readonly object[], self: string): object {
  return { [noun]: items, links: { next: null, self, previous: null } };
}

/** `base`: the address of the identity API, `…/identity/v3`. */
export function userBody(user: User, base: string): object {
  return {
    id: user.id,
    name: user.name,
    domain_id: theDomain.id,
    enabled: user.enabled,
    ...(user.email === null ? {} : { email: user.email }),
    ...(user.description === null ? {} : { description: user.description }),
    ...(user.defaultProjectId === null ? {} : { default_project_id: user.defaultProjectId }),
    password_expires_at: null,
    options: {},
    links: { self: `${base}/users/${user.id}` },
  };
}

export function projectBody(project: Project, base: string): object {
  const { id, name, description, enabled } = project;
  return {
    id,
    name,
    domain_id: theDomain.id,
    description,
    enabled,
    parent_id: theDomain.id,
    is_domain: false,
    tags: [],
    options: {},
    links: { self: `${base}/projects/${id}` },
  };
}

export function domainBody(base: string): object {
  return {
    ...theDomain,
    description: 'The default domain',
    enabled: true,
    tags: [],
    options: {},
    links: { self: `${base}/domains/${theDomain.id}` },
  };
}

export function roleBody({ id, name }: NamedRole, base: string): object {
  return {
    id,
    name,
    domain_id: null,
    description: null,
    options: { immutable: true },
    links: { self: `${base}/roles/${id}` },
  };
}

/** `names`: tells names as well as ids; null: ids alone. */
export function assignmentBody(
  { userId, target, role: roleName }: RoleAssignment,
  base: string,
  names: Names | null,
): object {
  const role = namedRole(roleName);
  const scopes = {
    project: () => ({ project: named(target.kind === 'project' ? target.id : '', names?.projects) }),
    system: () => ({ system: { all: true } }),
    domain: () => ({ domain: names === null ? { id: theDomain.id } : theDomain }),
  };
  return {
    links: { assignment: `${base}/${pathOf(target)}/users/${userId}/roles/${role.id}` },
    scope: scopes[target.kind](),
    user: named(userId, names?.users),
    role: names === null ? { id: role.id } : role,
  };
}

/** `known`: names by ids; undefined: the id alone. */
function named(id: string, known: ReadonlyMap<string, string> | undefined): object {
  return known === undefined ? { id } : { id, name: known.get(id) ?? id, domain: theDomain };
}

function pathOf(target: RoleAssignment['target']): string {
  if (target.kind === 'project') return `projects/${target.id}`;
  return target.kind === 'system' ? 'system' : `domains/${theDomain.id}`;
}

/** `secret`: shown once, when it is made. */
export function credentialBody(credential: ApplicationCredential, base: string, secret?: string): object {
  const { id, name, description, userId, projectId, roles, unrestricted, expiresAt } = credential;
  return {
    id,
    name,
    description,
    project_id: projectId,
    system: null,
    user_id: userId,
    roles: roles.map((role) => ({ ...namedRole(role), domain_id: null })),
    unrestricted,
    expires_at: expiresAt === null ? null : microseconds(expiresAt).replace('Z', ''),
    ...(secret === undefined ? {} : { secret }),
    links: { self: `${base}/users/${userId}/application_credentials/${id}` },
  };
}

/** `catalog`: null leaves it out. */
export function tokenBody(facts: TokenFacts, catalog: readonly object[] | null): object {
  const { user, target, projectName, applicationCredential } = facts;
  const scopes = {
    project: () => ({
      project: { domain: theDomain, id: target?.kind === 'project' ? target.id : '', name: projectName },
      is_domain: false,
    }),
    system: () => ({ system: { all: true } }),
    domain: () => ({ domain: theDomain }),
  };
  return {
    token: {
      methods: facts.methods,
      user: { domain: theDomain, ...user, password_expires_at: null },
      audit_ids: facts.auditIds,
      expires_at: microseconds(facts.expiresAt),
      issued_at: microseconds(facts.issuedAt),
      ...(target === null ? {} : { ...scopes[target.kind](), roles: facts.roles.map(namedRole) }),
      ...(applicationCredential === null
        ? {}
        : {
            application_credential: {
              id: applicationCredential.id,
              name: applicationCredential.name,
              restricted: !applicationCredential.unrestricted,
            },
          }),
      ...(target === null || catalog === null ? {} : { catalog }),
    },
  };
}

/** Keystone's times have six digits of the second. */
function microseconds(iso: string): string {
  return iso.replace(/(\.\d+)?Z$/, (_, fraction = '.') => `${String(fraction).padEnd(7, '0')}Z`);
}

/** What of a list a query asks for, by `name`, `enabled` and `domain_id`; other parameters are let be, as Keystone does. */
export function filtered<T extends { readonly name: string; readonly enabled: boolean }>(
  items: readonly T[],
  query: unknown,
): T[] {
  const { name, enabled, domain_id: domain } = query as Record<string, string | undefined>;
  const wanted = enabled === undefined ? null : !/^(?:false|0|no|off)$/i.test(enabled);
  return items.filter(
    (item) =>
      (name === undefined || item.name === name) &&
      (wanted === null || item.enabled === wanted) &&
      (domain === undefined || domain === theDomain.id),
  );
}
