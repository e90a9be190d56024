import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type Assignment, identity, type User } from '../../api/identity.ts';
import { useSession } from '../../api/queries.ts';
import { useText } from '../../i18n/text.tsx';
import { NounPanel } from '../../nouns/noun-page.tsx';
import { State, Tags } from '../../ui/state.tsx';
import { scopeOf, type UserActs, useUserActs } from './user-acts.ts';

/** People who may sign in, and their roles. */
export function Users(): ReactNode {
  const { say } = useText();
  const own = useSession().data?.user?.id ?? null;
  const users = useQuery({ queryKey: ['users'], queryFn: identity.users });
  const projects = useQuery({ queryKey: ['projects'], queryFn: identity.projects });
  const roles = useQuery({
    queryKey: ['roles'],
    queryFn: identity.roles,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const assignments = useQuery({ queryKey: ['assignments'], queryFn: identity.assignments });
  const acts = useUserActs(projects.data ?? [], roles.data ?? []);
  const rolesOf = (user: User): readonly Assignment[] =>
    (assignments.data ?? []).filter((one) => one.user.id === user.id);
  return (
    <NounPanel<User>
      found={users}
      noun={{
        label: say('user.title'),
        none: say('user.none'),
        keyOf: ({ id }) => id,
        nameOf: ({ name }) => name,
        columns: [
          { head: say('column.name'), cell: ({ name }) => name },
          {
            head: say('column.state'),
            cell: ({ enabled }) => (
              <State tone={enabled ? 'good' : 'still'}>
                {say(enabled ? 'state.enabled' : 'state.disabled')}
              </State>
            ),
          },
          {
            head: say('settings.roles'),
            cell: (user) => (
              <Tags
                words={rolesOf(user).map((one) => `${one.role.name} · ${scopeOf(one, say('user.system'))}`)}
              />
            ),
          },
          {
            head: say('signIn.project'),
            cell: ({ default_project_id: id }) => projects.data?.find((one) => one.id === id)?.name ?? '',
          },
          { head: say('user.email'), cell: ({ email }) => email ?? '' },
        ],
        creates: [acts.create],
        actsOf: (user) => actsOf(user, rolesOf(user), acts, user.id === own ? say('user.own') : null),
      }}
    />
  );
}

/** Nobody shuts themselves out: `isOwn` says why. */
function actsOf(
  user: User,
  held: readonly Assignment[],
  acts: UserActs,
  isOwn: string | null,
): ReturnType<UserActs['revoke']>[] {
  return [
    { asked: acts.grant(user) },
    ...held.map((one) => acts.revoke(user, one)),
    { asked: acts.password(user), because: isOwn },
    { asked: user.enabled ? acts.disable(user) : acts.enable(user), because: isOwn },
    { asked: acts.remove(user), because: isOwn },
  ];
}
