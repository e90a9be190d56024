import type { Asked } from '../../acts/asked.ts';
import { type Assignment, identity, type Named, type Project, type User } from '../../api/identity.ts';
import { useText } from '../../i18n/text.tsx';
import type { Act } from '../../nouns/noun-page.tsx';

/** Where a role is held, by its name; `system`: the word for everywhere. */
export function scopeOf({ scope }: Assignment, system: string): string {
  return scope.project?.name ?? scope.domain?.name ?? system;
}

export interface UserActs {
  readonly create: Asked;
  readonly grant: (user: User) => Asked;
  readonly revoke: (user: User, assignment: Assignment) => Act;
  readonly password: (user: User) => Asked;
  readonly enable: (user: User) => Asked;
  readonly disable: (user: User) => Asked;
  readonly remove: (user: User) => Asked;
}

/** Where a role is given in no project. */
const systemScope = 'system';

/** What an administrator does with people. */
export function useUserActs(projects: readonly Project[], roles: readonly Named[]): UserActs {
  const { say } = useText();
  const changes = [['users'], ['assignments']];
  const scopes = [
    { value: systemScope, label: say('user.system') },
    ...projects.map(({ id, name }) => ({ value: id, label: name })),
  ];
  const one =
    (act: string, text: (name: string) => string, run: (id: string) => Promise<unknown>) =>
    ({ id, name }: User): Asked => ({
      title: `${act}: ${name}`,
      text: text(name),
      act,
      run: () => run(id),
      changes,
    });
  const password = {
    name: 'password',
    kind: 'password',
    label: say('signIn.password'),
    autoComplete: 'new-password',
  } as const;
  const grant = [
    {
      name: 'role',
      kind: 'choice',
      label: say('settings.role'),
      options: roles.map(({ id, name }) => ({ value: id, label: name })),
      initial: roles.find(({ name }) => name === 'reader')?.id ?? '',
    },
    { name: 'scope', kind: 'choice', label: say('user.roleIn'), options: scopes, initial: systemScope },
  ] as const;
  const given = (userId: string, { role = '', scope = '' }: Readonly<Record<string, string>>) =>
    identity.grant({ userId, roleId: role, projectId: scope === systemScope ? null : scope });
  return {
    create: {
      title: say('user.create'),
      act: say('user.createAct'),
      fields: [
        { name: 'name', kind: 'text', label: say('column.name') },
        password,
        { name: 'email', kind: 'text', label: say('user.email'), isOptional: true },
        ...grant,
      ],
      run: async ({ values }) => {
        const { name, email, scope } = values;
        const { id } = await identity.addUser({
          name,
          password: values['password'],
          ...(email === '' ? {} : { email }),
          ...(scope === systemScope ? {} : { default_project_id: scope }),
        });
        await given(id, values);
      },
      changes,
    },
    grant: ({ id, name }) => ({
      title: `${say('user.grant')}: ${name}`,
      act: say('user.grant'),
      fields: grant,
      run: ({ values }) => given(id, values),
      changes,
    }),
    revoke: (user, assignment) => {
      const where = { role: assignment.role.name, scope: scopeOf(assignment, say('user.system')) };
      const { project } = assignment.scope;
      return {
        label: say('user.revoke', where),
        asked: {
          title: `${say('user.revokeAct')}: ${user.name}`,
          text: say('user.revokeAsks', { ...where, name: user.name }),
          act: say('user.revokeAct'),
          run: () =>
            identity.revoke({
              userId: user.id,
              roleId: assignment.role.id,
              projectId: project?.id ?? null,
            }),
          changes,
        },
      };
    },
    password: ({ id, name }) => ({
      title: `${say('user.password')}: ${name}`,
      text: say('user.passwordAsks', { name }),
      act: say('user.password'),
      fields: [password],
      run: ({ values }) => identity.changeUser(id, { password: values['password'] }),
      changes,
    }),
    enable: one(
      say('user.enable'),
      (name) => say('user.enableAsks', { name }),
      (id) => identity.changeUser(id, { enabled: true }),
    ),
    disable: one(
      say('user.disable'),
      (name) => say('user.disableAsks', { name }),
      (id) => identity.changeUser(id, { enabled: false }),
    ),
    remove: (user) => ({
      ...one(say('user.delete'), (name) => say('user.deleteAsks', { name }), identity.deleteUser)(user),
      isDangerous: true,
    }),
  };
}
