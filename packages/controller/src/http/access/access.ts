import { type Caller, hasRole, type ProjectRole, type Role } from '@ferry/model';

/**
 * Who may call a route: declared with it (`config: { access }`), and decided by nothing else as far as roles go. What a
 * value in a request asks for beyond it (a host by its name, another user's keypairs) is looked at where it is read.
 */
export type Access =
  | { readonly kind: 'everybody' }
  /** Ferry's own API: everything of all projects, from that role on. */
  | { readonly kind: 'ferry'; readonly role: Role }
  | OpenstackAccess
  /** The token of a console that stands in the address. */
  | { readonly kind: 'console-token' };

/** Who may call a route of the OpenStack APIs. */
export interface OpenstackAccess {
  readonly kind: 'openstack';
  /** Weakest role; `token`: none is needed, but a good token; `nobody`: there is no such thing to change. */
  readonly role: ProjectRole | 'token' | 'nobody';
  /** Of what: all projects, the token's project, projects that the caller has a role in, the caller's own user, or of nobody's. */
  readonly scope: 'all' | 'project' | 'held' | 'own' | 'none';
  /** The rule as Nova's, Keystone's, Glance's or Cinder's policy names it; a refusal tells it. */
  readonly rule: string;
  /** Parameter of the path that names whose it is: it must be the caller's project (`project`) or user (`own`). */
  readonly owner?: string;
  /** From which role on it is open beyond that scope, too. */
  readonly beyond?: ProjectRole;
  /** What is made belongs to a project: a token of none (of the system) makes nothing. */
  readonly makes?: true;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Never absent: a route without is refused when it is made. */
    access?: Access;
  }
}

/** For whoever comes, without a token. */
export const everybody: Access = { kind: 'everybody' };

/** A route of Ferry's own API. */
export function ferry(role: Role): Access {
  return { kind: 'ferry', role };
}

/** A route that needs a role, and shows what the caller's project has; administrators see beyond where the handler says so. */
export function inProject(role: OpenstackAccess['role'], rule: string): OpenstackAccess {
  return { kind: 'openstack', role, scope: 'project', rule };
}

/** A route about all projects or the whole system. */
export function ofAll(role: OpenstackAccess['role'], rule: string): OpenstackAccess {
  return { kind: 'openstack', role, scope: 'all', rule };
}

/** A route about what belongs to nobody. */
export function ofNobody(rule: string, role: OpenstackAccess['role'] = 'token'): OpenstackAccess {
  return { kind: 'openstack', role, scope: 'none', rule };
}

/** A route about one user, whom a parameter of the path names: that user, or an administrator. */
export function ofUser(
  rule: string,
  owner: string,
  more: Pick<OpenstackAccess, 'beyond'> = { beyond: 'admin' },
): OpenstackAccess {
  return { kind: 'openstack', role: 'token', scope: 'own', rule, owner, ...more };
}

/** A route about what is the caller's own; administrators see others' where the handler says so. */
export function ofOwn(rule: string): OpenstackAccess {
  return { kind: 'openstack', role: 'token', scope: 'own', rule };
}

/** A route about a project that the caller has any role in, which its handler looks up; administrators see all. */
export function ofHeldProject(rule: string, owner: string): OpenstackAccess {
  return { kind: 'openstack', role: 'token', scope: 'held', rule, owner, beyond: 'admin' };
}

/** What of a caller decides. */
export type Who = Pick<Caller, 'roles' | 'userId' | 'projectId'>;

/** Whether a caller may call such a route, with these parameters in its path. */
export function mayCall(
  { role, scope, owner, beyond, makes }: OpenstackAccess,
  who: Who,
  parameters: Readonly<Record<string, string>>,
): boolean {
  if (makes === true && who.projectId === null) return false;
  if (beyond !== undefined && hasRole(who, beyond)) return true;
  const own = scope === 'own' ? who.userId : who.projectId;
  if (owner !== undefined && scope !== 'held' && parameters[owner] !== own) return false;
  // `nobody` is refused by the route itself, which says what there is instead.
  return role === 'token' || role === 'nobody' || hasRole(who, role);
}
