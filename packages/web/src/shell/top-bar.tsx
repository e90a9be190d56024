import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import { ferry } from '../api/ferry.ts';
import { queries, useSession } from '../api/queries.ts';
import { type Language, languages, useText } from '../i18n/text.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { applyTheme, keptTheme, type Theme, themes } from './theme.ts';
import style from './top-bar.module.css';

const themeWords = { system: 'theme.system', light: 'theme.light', dark: 'theme.dark' } as const;

/** The name of the thing, the way to everything (⌘K), and who one is. */
export function TopBar({ onSearch }: { readonly onSearch: () => void }): ReactNode {
  const { say } = useText();
  return (
    <header className={style['bar']}>
      <Link href="/fleet" className={style['brand']}>
        <Icon name="ferry" size={20} />
        <span>Ferry</span>
      </Link>
      <button type="button" className={style['search']} onClick={onSearch}>
        <Icon name="search" />
        <span>{say('palette.open')}</span>
        <kbd>{/Mac/.test(navigator.platform) ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      <UserMenu />
    </header>
  );
}

function UserMenu(): ReactNode {
  const { say, language, setLanguage } = useText();
  const user = useSession().data?.user ?? null;
  const [theme, setTheme] = useState<Theme>(keptTheme);
  const choose = (next: Theme): void => {
    applyTheme(next);
    setTheme(next);
  };
  if (user === null) return null;
  const where = user.project ?? say('user.system');
  return (
    <Menu
      trigger={
        <button type="button" className={style['user']}>
          <Icon name="user" />
          <span>{user.name}</span>
          <span className={style['role']}>
            {user.role} · {where}
          </span>
          <Icon name="down" size={12} />
        </button>
      }
      entries={[
        ...themes.map((one) => ({
          label: `${one === theme ? '✓ ' : ''}${say(themeWords[one])}`,
          onChoose: () => choose(one),
        })),
        'line' as const,
        ...(Object.keys(languages) as Language[]).map((one) => ({
          label: `${one === language ? '✓ ' : ''}${languages[one]}`,
          onChoose: () => setLanguage(one),
        })),
        'line' as const,
        { label: say('user.signOut'), onChoose: () => void signOut() },
      ]}
    />
  );
}

async function signOut(): Promise<void> {
  await ferry.signOut().catch(() => undefined);
  // Nothing of what was shown stays for whoever comes next.
  queries.clear();
  location.assign('/');
}
