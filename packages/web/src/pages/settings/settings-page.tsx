import type { ReactNode } from 'react';
import { useLocation, useSearch } from 'wouter';
import { useMay, useSession } from '../../api/queries.ts';
import type { MessageKey } from '../../i18n/en.ts';
import { useText } from '../../i18n/text.tsx';
import { Choice } from '../../ui/field.tsx';
import { Notice, Page } from '../../ui/page.tsx';
import { Account } from './account.tsx';
import { Policies } from './policies.tsx';
import { Projects } from './projects.tsx';
import { Users } from './users.tsx';

const views = {
  account: 'settings.account',
  policies: 'policies.title',
  users: 'user.title',
  projects: 'project.title',
} as const satisfies Record<string, MessageKey>;
type View = keyof typeof views;

/** Oneself, policies of moves, and for administrators who may do what. */
export function SettingsPage(): ReactNode {
  const { say } = useText();
  const [, go] = useLocation();
  const isAdmin = useMay('admin');
  const isOwn = useSession().data?.identity === 'own';
  const asked = new URLSearchParams(useSearch()).get('view');
  const shown = (Object.keys(views) as View[]).filter(
    (view) => (view !== 'users' && view !== 'projects') || (isAdmin && isOwn),
  );
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
    </Page>
  );
}
