import type { SessionBody } from '@ferry/api';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { ferry } from '../api/ferry.ts';
import { queries } from '../api/queries.ts';
import { type Language, languages, useText } from '../i18n/text.tsx';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { Icon } from '../ui/icon.tsx';
import { Notice } from '../ui/page.tsx';
import style from './sign-in.module.css';

/** Who one is, by name and password. The address of the page stays: after it one is where one wanted to be. */
export function SignIn({ session }: { readonly session: SessionBody }): ReactNode {
  const { say, language, setLanguage } = useText();
  const [who, setWho] = useState({ user: '', password: '', project: '', domain: '' });
  const signIn = useMutation({
    mutationFn: () =>
      ferry.signIn({
        user: who.user,
        password: who.password,
        ...(who.project === '' ? {} : { project: who.project }),
        ...(who.domain === '' ? {} : { domain: who.domain }),
      }),
    onSuccess: (now) => queries.setQueryData(['session'], now),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    signIn.mutate();
  };
  const field = (
    name: keyof typeof who,
  ): { value: string; onChange: (event: { target: { value: string } }) => void } => ({
    value: who[name],
    onChange: ({ target }) => setWho({ ...who, [name]: target.value }),
  });
  return (
    <main className={style['page']}>
      <form className={style['form']} onSubmit={submit}>
        <div className={style['brand']}>
          <Icon name="ferry" size={26} />
          <h1>{say('signIn.title')}</h1>
        </div>
        {signIn.error === null ? null : <Notice tone="bad">{signIn.error.message}</Notice>}
        <TextField
          label={say('signIn.user')}
          name="username"
          autoComplete="username"
          autoFocus
          required
          {...field('user')}
        />
        <TextField
          label={say('signIn.password')}
          name="password"
          type="password"
          autoComplete="current-password"
          required
          {...field('password')}
        />
        <TextField
          label={say('signIn.project')}
          name="project"
          hint={say('signIn.projectHint')}
          {...field('project')}
        />
        {session.identity === 'keystone' ? (
          <TextField label={say('signIn.domain')} name="domain" placeholder="Default" {...field('domain')} />
        ) : null}
        <Button look="primary" type="submit" className={style['submit']} disabled={signIn.isPending}>
          {say('signIn.submit')}
        </Button>
      </form>
      <footer className={style['foot']}>
        <span>Ferry {session.version}</span>
        {(Object.keys(languages) as Language[]).map((one) => (
          <button
            key={one}
            type="button"
            lang={one === 'zh' ? 'zh-Hans' : 'en'}
            aria-pressed={one === language}
            onClick={() => setLanguage(one)}
          >
            {languages[one]}
          </button>
        ))}
      </footer>
    </main>
  );
}
