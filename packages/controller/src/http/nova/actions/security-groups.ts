import { instanceGroups, setInstanceGroups } from '../../../operations/security-groups/instance-groups.ts';
import { findGroup } from '../../../operations/security-groups/security-groups.ts';
import { Type } from 'typebox';
import { NovaFault } from '../nova-fault.ts';
import { accepted, type ActionContext, type ServerAction } from './server-action.ts';

const GroupSchema = Type.Object({ name: Type.String({ minLength: 1, pattern: '\\S' }) });

type Groups = readonly { readonly id: string; readonly name: string }[];

/** An action that changes the groups before a server: operators made them, and hold projects by them. */
function groupAction(
  key: string,
  policy: string,
  change: (had: Groups, group: Groups[number], server: string) => Groups,
): ServerAction {
  return {
    key,
    bodyOf: () => GroupSchema,
    role: 'admin',
    policy,
    heedsLock: false,
    run: async (context) => {
      await changeGroups(context, change);
      return accepted;
    },
  };
}

async function changeGroups(
  { api, server, body }: ActionContext,
  change: Parameters<typeof groupAction>[2],
): Promise<void> {
  const { id } = server.instance;
  const group = await findGroup(api.services, (body as { name: string }).name);
  const {
    firewall: { groups, addresses },
  } = await instanceGroups(api.services, id);
  const after = change(groups, group, id);
  if (after === groups) return;
  await setInstanceGroups(api.services, id, {
    groups: after.map((one) => one.id),
    addresses: [...addresses],
  });
}

/** One more group stands before it; one that does already is fine. */
export const addSecurityGroup = groupAction('addSecurityGroup', 'os-security-groups:add', (had, group) =>
  had.some(({ id }) => id === group.id) ? had : [...had, group],
);

/** A group stands before it no longer. */
export const removeSecurityGroup = groupAction(
  'removeSecurityGroup',
  'os-security-groups:remove',
  (had, group, server) => {
    if (had.some(({ id }) => id === group.id)) return had.filter(({ id }) => id !== group.id);
    throw new NovaFault(404, `Security group ${group.name} not associated with the instance ${server}`);
  },
);
