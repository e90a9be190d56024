import type { RoleTarget } from './user.ts';

/** What a request for a token asks it to be for; projects by id, or by name in the one domain. */
export type AskedScope =
  | { readonly kind: 'project'; readonly project: { readonly id: string } | { readonly name: string } }
  | { readonly kind: 'system' }
  | { readonly kind: 'domain' }
  | { readonly kind: 'unscoped' }
  /** Nothing was said: the user's own default project, where they have a role in it. */
  | { readonly kind: 'default' };

/** What the token can be for. */
export interface ScopeFacts {
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
