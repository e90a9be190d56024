import { hasRole, operatorRole, type Role } from '@ferry/model';
import { type Access, mayCall, type OpenstackAccess, type Who } from './access.ts';
import type { DeclaredRoute } from './require-access.ts';

/** Who calls, as the table of routes has its columns. Null: without a token, or with one that nobody was given. */
interface TypicalCaller {
  readonly name: string;
  readonly who: Pick<Who, 'roles' | 'projectId'> | null;
  /** A token of Ferry's own: what it may do is written beside it. */
  readonly own?: Role;
}

/** Stands for the project of the callers that have one. */
const project = 'a project';

/** From nobody to an administrator of everything. */
const typicalCallers: readonly TypicalCaller[] = [
  { name: 'nobody', who: null },
  { name: 'made up', who: null },
  { name: 'Ferry reader', who: { roles: ['reader'], projectId: project }, own: 'reader' },
  {
    name: 'Ferry operator',
    who: { roles: ['manager', 'member', 'reader'], projectId: project },
    own: 'operator',
  },
  {
    name: 'Ferry admin',
    who: { roles: ['admin', 'manager', 'member', 'reader'], projectId: project },
    own: 'admin',
  },
  { name: 'project reader', who: { roles: ['reader'], projectId: project } },
  { name: 'project member', who: { roles: ['member', 'reader'], projectId: project } },
  { name: 'project admin', who: { roles: ['admin', 'manager', 'member', 'reader'], projectId: project } },
  { name: 'system reader', who: { roles: ['reader'], projectId: null } },
  { name: 'system admin', who: { roles: ['admin', 'manager', 'member', 'reader'], projectId: null } },
];

/** `yes`: let through; `own`: for what is the caller's own, 403 for others'. */
type Outcome = '401' | '403' | 'own' | 'yes';

/** What the door says to a caller. */
function outcomeOf(access: Access, { who, own }: TypicalCaller): Outcome {
  if (access.kind === 'everybody') return 'yes';
  if (access.kind === 'console-token') return '401';
  if (who === null) return '401';
  // A token of Ferry's own is no user's, to whom roles are given.
  if (access.kind === 'openstack' && access.scope === 'held' && own !== undefined && own !== 'admin')
    return '403';
  if (access.kind === 'openstack') return openstackOutcome(access, who);
  const strength: Record<Role, number> = { reader: 0, operator: 1, admin: 2 };
  const role = own ?? operatorRole(who);
  return role !== null && strength[role] >= strength[access.role] ? 'yes' : '403';
}

function openstackOutcome(
  access: OpenstackAccess,
  { roles, projectId }: Pick<Who, 'roles' | 'projectId'>,
): Outcome {
  if (access.role === 'nobody') return '403';
  const who: Who = { roles, projectId, userId: 'the user' };
  if (access.owner === undefined) return mayCall(access, who, {}) ? 'yes' : '403';
  if (access.beyond !== undefined && hasRole(who, access.beyond)) return 'yes';
  const ownId = access.scope === 'own' ? who.userId : projectId;
  return ownId !== null && mayCall(access, who, { [access.owner]: ownId }) ? 'own' : '403';
}

const scopes: Readonly<Record<OpenstackAccess['scope'], string>> = {
  all: 'all projects',
  project: "the token's project",
  held: 'projects with a role',
  own: "the user's own",
  none: "nobody's",
};

function neededOf(access: Access): readonly [string, string] {
  switch (access.kind) {
    case 'everybody':
      return ['everybody', "nobody's"];
    case 'console-token':
      return ["a console's token", 'one console'];
    case 'ferry':
      return [access.role, 'all projects'];
    case 'openstack': {
      const needed = access.role === 'token' ? 'a token' : access.role;
      return [needed, scopes[access.scope]];
    }
  }
}

/** docs/routes.md: every route, who may call it, and what each of the typical callers is told. */
export function routesDocument(routes: readonly DeclaredRoute[]): string {
  const head = ['Route', 'Role', 'Of', ...typicalCallers.map(({ name }) => name)];
  const rows = routes.map(({ method, url, access }) => [
    `\`${method} ${url.replaceAll('|', String.raw`\|`)}\``,
    ...neededOf(access),
    ...typicalCallers.map((caller) => outcomeOf(access, caller)),
  ]);
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `${introduction}\n${lines.join('\n')}\n`;
}

const introduction = `# Routes, and who may call them

Written by \`make routes\` from what each route declares, and held by \`tests/sim/routes.test.ts\`, which calls every route as each of ten callers. A route that declares nothing is refused when the controller starts.

\`401\`: the caller is not known. \`403\`: known, and not allowed. \`yes\`: let through. \`own\`: let through for what is the caller's own, 403 for others'. The role is looked at before the body is read: who may not call a route is told so, and not what is wrong with the body. Roles include those below them: admin, manager, member, reader; of Ferry's own: admin, operator, reader. A project's admin is one everywhere, as with Nova.

Some values ask for more than their route, and are refused with 403 where they are read: a host by name or \`all_tenants\` (admin), another user's keypairs (admin), unlocking what an admin has locked (admin), each action of a server (its own role, from member on). Ferry's own check and move of an instance let a reader ask; that a reader may not move is one of the findings.
`;
