import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useLocation, useSearch } from 'wouter';
import { identity, type Project } from '../../api/identity.ts';
import { useMay, useSession } from '../../api/queries.ts';
import type { MessageKey } from '../../i18n/en.ts';
import { useText } from '../../i18n/text.tsx';
import { NounPanel } from '../../nouns/noun-page.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Choice } from '../../ui/field.tsx';
import { Notice, Page } from '../../ui/page.tsx';
import { State } from '../../ui/state.tsx';
import { Account } from './account.tsx';
import { Policies } from './policies.tsx';
import { Users } from './users.tsx';
import { Webhooks } from './webhooks.tsx';

const changes = [['projects'], ['assignments']];

/** What instances and volumes belong to. */
export function Projects(): ReactNode {
  const { say } = useText();
  const found = useQuery({ queryKey: ['projects'], queryFn: identity.projects });
  return (
    <NounPanel<Project>
      found={found}
      noun={{
        label: say('project.title'),
        none: say('project.none'),
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
          { head: say('id'), cell: ({ id }) => <CopyId id={id} label={say('copy')} /> },
          { head: say('credential.description'), cell: ({ description }) => description ?? '' },
        ],
        creates: [
          {
            title: say('project.create'),
            act: say('project.createAct'),
            fields: [
              { name: 'name', kind: 'text', label: say('column.name') },
              { name: 'description', kind: 'text', label: say('credential.description'), isOptional: true },
            ],
            run: ({ values: { name, description } }) => identity.addProject({ name, description }),
            changes,
          },
        ],
        actsOf: ({ id, name, enabled }) => [
          {
            asked: {
              title: `${say(enabled ? 'project.disable' : 'project.enable')}: ${name}`,
              text: say(enabled ? 'project.disableAsks' : 'project.enableAsks', { name }),
              act: say(enabled ? 'project.disable' : 'project.enable'),
              run: () => identity.changeProject(id, { enabled: !enabled }),
              changes,
            },
          },
          {
            asked: {
              title: `${say('project.delete')}: ${name}`,
              text: say('project.deleteAsks', { name }),
              act: say('project.delete'),
              isDangerous: true,
              run: () => identity.deleteProject(id),
              changes,
            },
          },
        ],
      }}
    />
  );
}

const views = {
  account: 'settings.account',
  policies: 'policies.title',
  users: 'user.title',
  projects: 'project.title',
  webhooks: 'webhook.title',
} as const satisfies Record<string, MessageKey>;
type View = keyof typeof views;

/** Oneself, policies of moves, and for administrators who may do what and what is told of it elsewhere. */
export function SettingsPage(): ReactNode {
  const { say } = useText();
  const [, go] = useLocation();
  const isAdmin = useMay('admin');
  const isOwn = useSession().data?.identity === 'own';
  const asked = new URLSearchParams(useSearch()).get('view');
  const isShown: Readonly<Record<View, boolean>> = {
    account: true,
    policies: true,
    users: isAdmin && isOwn,
    projects: isAdmin && isOwn,
    webhooks: isAdmin,
  };
  const shown = (Object.keys(views) as View[]).filter((view) => isShown[view]);
  const view = shown.find((one) => one === asked) ?? 'account';
  return (
    <Page
      title={say('settings.title')}
      actions={
        <Choice<View>
          label={say('fleet.show')}
          value={view}
          onChange={(next) => go(`/settings?view=${next}`)}
          options={shown.map((value) => ({ value, label: say(views[value]) }))}
        />
      }
    >
      {isOwn ? null : <Notice tone="still">{say('settings.keystone')}</Notice>}
      {view === 'account' ? <Account isOwn={isOwn} /> : null}
      {view === 'policies' ? <Policies /> : null}
      {view === 'users' ? <Users /> : null}
      {view === 'projects' ? <Projects /> : null}
      {view === 'webhooks' ? <Webhooks /> : null}
    </Page>
  );
}
