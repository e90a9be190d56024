import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useAct } from '../../acts/use-act.tsx';
import { type Credential, identity } from '../../api/identity.ts';
import { Problem } from '../../api/request.ts';
import { useSession } from '../../api/queries.ts';
import { fullTime } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { NounPanel } from '../../nouns/noun-page.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Facts, Panel } from '../../ui/page.tsx';

/** Who one is, one's own password, and what programs sign in with in one's name. */
export function Account({ isOwn }: { readonly isOwn: boolean }): ReactNode {
  const { say, language } = useText();
  const { ask, dialog } = useAct();
  const user = useSession().data?.user ?? null;
  if (user === null) return null;
  const { id, name, role, roles, project, expiresAt } = user;
  return (
    <>
      <Panel
        title={say('settings.account')}
        beside={
          isOwn ? (
            <Button
              look="quiet"
              onClick={() =>
                ask({
                  title: say('password.act'),
                  act: say('password.act'),
                  fields: [
                    {
                      name: 'original',
                      kind: 'password',
                      label: say('password.old'),
                      autoComplete: 'current-password',
                    },
                    {
                      name: 'password',
                      kind: 'password',
                      label: say('password.new'),
                      autoComplete: 'new-password',
                    },
                    {
                      name: 'again',
                      kind: 'password',
                      label: say('password.again'),
                      autoComplete: 'new-password',
                    },
                  ],
                  run: ({ values: { original = '', password = '', again } }) => {
                    if (password !== again)
                      throw new Problem(400, { code: 'differ', message: say('password.differ') });
                    return identity.changePassword(id, original, password);
                  },
                  // Its tokens end with a password: the page asks for the new one.
                  changes: [['session']],
                })
              }
            >
              {say('password.act')}
            </Button>
          ) : undefined
        }
      >
        <Facts
          facts={[
            [say('signIn.user'), name],
            [say('settings.role'), role],
            [say('settings.roles'), roles.join(', ')],
            [say('signIn.project'), project ?? say('user.system')],
            expiresAt === null ? null : [say('settings.session'), fullTime(expiresAt, language)],
            [say('id'), <CopyId id={id} label={say('copy')} />],
          ]}
        />
      </Panel>
      {isOwn ? <Credentials userId={id} /> : null}
      {dialog}
    </>
  );
}

function Credentials({ userId }: { readonly userId: string }): ReactNode {
  const { say, language } = useText();
  const queryKey = ['credentials', userId];
  const found = useQuery({ queryKey, queryFn: () => identity.credentials(userId) });
  return (
    <NounPanel<Credential>
      found={found}
      noun={{
        label: say('credential.title'),
        none: say('credential.none'),
        keyOf: ({ id }) => id,
        nameOf: ({ name }) => name,
        columns: [
          { head: say('column.name'), cell: ({ name }) => name },
          { head: say('credential.id'), cell: ({ id }) => <CopyId id={id} label={say('copy')} /> },
          { head: say('credential.roles'), cell: ({ roles }) => roles.map(({ name }) => name).join(', ') },
          {
            head: say('credential.expires'),
            cell: ({ expires_at: at }) =>
              at === null ? say('credential.never') : fullTime(`${at.replace(/\.\d+$/, '')}Z`, language),
          },
          { head: say('credential.description'), cell: ({ description }) => description ?? '' },
        ],
        creates: [
          {
            title: say('credential.create'),
            act: say('credential.createAct'),
            fields: [
              { name: 'name', kind: 'text', label: say('column.name') },
              { name: 'description', kind: 'text', label: say('credential.description'), isOptional: true },
              {
                name: 'expires',
                kind: 'text',
                label: say('credential.expires'),
                hint: say('credential.expiresHint'),
                isOptional: true,
              },
            ],
            run: ({ values: { name, description = '', expires = '' } }) =>
              identity.addCredential(userId, {
                name,
                ...(description === '' ? {} : { description }),
                ...(expires === '' ? {} : { expires_at: expires }),
              }),
            changes: [queryKey],
            result: (answer) => <Made credential={answer as Credential} />,
          },
        ],
        actsOf: ({ id, name }) => [
          {
            asked: {
              title: say('credential.title'),
              text: say('credential.deleteAsks', { name }),
              act: say('credential.delete'),
              isDangerous: true,
              run: () => identity.deleteCredential(userId, id),
              changes: [queryKey],
            },
          },
        ],
      }}
    />
  );
}

function Made({ credential: { id, name, secret = '' } }: { readonly credential: Credential }): ReactNode {
  const { say } = useText();
  return (
    <>
      <p>{say('credential.secretOnce', { name })}</p>
      <Facts
        facts={[
          [say('credential.id'), <CopyId id={id} label={say('copy')} />],
          [say('credential.secret'), <CopyId id={secret} label={say('copy')} />],
        ]}
      />
    </>
  );
}
