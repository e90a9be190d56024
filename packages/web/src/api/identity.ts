import { json, request } from './request.ts';

const v3 = '/identity/v3';
const at = encodeURIComponent;

/** A user as the identity API tells of them. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly email?: string;
  readonly description?: string;
  readonly default_project_id?: string;
}

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly enabled: boolean;
}

export interface Named {
  readonly id: string;
  readonly name: string;
}

/** A role that somebody has, in a project or in the system. */
export interface Assignment {
  readonly role: Named;
  readonly user: Named;
  readonly scope: { readonly project?: Named; readonly system?: unknown; readonly domain?: Named };
}

export interface Credential {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly project_id: string;
  readonly roles: readonly Named[];
  readonly expires_at: string | null;
  /** Told once, when it is made. */
  readonly secret?: string;
}

/** Whom and where a role is given. A project's id; null: the system. */
export interface Grant {
  readonly userId: string;
  readonly projectId: string | null;
  readonly roleId: string;
}

const grantPath = ({ userId, projectId, roleId }: Grant): string =>
  `${v3}/${projectId === null ? 'system' : `projects/${at(projectId)}`}/users/${at(userId)}/roles/${at(roleId)}`;
const credentials = (user: string): string => `${v3}/users/${at(user)}/application_credentials`;

interface Page {
  readonly links?: { readonly next?: string | null };
  readonly [noun: string]: unknown;
}

/** A list with all of its pages. */
async function all<T>(path: string, noun: string): Promise<readonly T[]> {
  const items: T[] = [];
  for (let next: string | null = path; next !== null; ) {
    const page: Page = await json<Page>('GET', next);
    items.push(...(page[noun] as T[]));
    const goesOn = page.links?.next ?? null;
    next = goesOn === null ? null : `${path.split('?')[0]}${new URL(goesOn).search}`;
  }
  return items;
}

/** Ferry's own identity service, in the words of Keystone's API. */
export const identity = {
  users: () => all<User>(`${v3}/users`, 'users'),
  addUser: async (user: object) =>
    (await json<{ user: User }>('POST', `${v3}/users`, { body: { user } })).user,
  changeUser: (id: string, user: object) => json('PATCH', `${v3}/users/${at(id)}`, { body: { user } }),
  deleteUser: (id: string) => request('DELETE', `${v3}/users/${at(id)}`),
  changePassword: (id: string, original: string, password: string) =>
    request('POST', `${v3}/users/${at(id)}/password`, {
      body: { user: { original_password: original, password } },
    }),
  projects: () => all<Project>(`${v3}/projects`, 'projects'),
  addProject: (project: object) => json('POST', `${v3}/projects`, { body: { project } }),
  changeProject: (id: string, project: object) =>
    json('PATCH', `${v3}/projects/${at(id)}`, { body: { project } }),
  deleteProject: (id: string) => request('DELETE', `${v3}/projects/${at(id)}`),
  roles: async () => (await json<{ roles: Named[] }>('GET', `${v3}/roles`)).roles,
  assignments: () => all<Assignment>(`${v3}/role_assignments?include_names=true`, 'role_assignments'),
  grant: (grant: Grant) => request('PUT', grantPath(grant)),
  revoke: (grant: Grant) => request('DELETE', grantPath(grant)),
  credentials: async (user: string) =>
    (await json<{ application_credentials: Credential[] }>('GET', credentials(user))).application_credentials,
  addCredential: async (user: string, credential: object) =>
    (
      await json<{ application_credential: Credential }>('POST', credentials(user), {
        body: { application_credential: credential },
      })
    ).application_credential,
  deleteCredential: (user: string, id: string) => request('DELETE', `${credentials(user)}/${at(id)}`),
} as const;
