import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useMay, useSession } from '../api/queries.ts';
import { useText } from '../i18n/text.tsx';
import { sidebarOf } from '../pages/pages.tsx';
import { Icon } from '../ui/icon.tsx';
import style from './sidebar.module.css';

/** What there is, and nothing that is still to come. */
export function Sidebar(): ReactNode {
  const { say } = useText();
  const [location] = useLocation();
  const isAt = (path: string): boolean =>
    location.startsWith(path) || (path === '/fleet' && location.startsWith('/instances'));
  const isAdmin = useMay('admin');
  const version = useSession().data?.version ?? '';
  return (
    <nav className={style['side']} aria-label={say('shell.pages')}>
      <div>
        {sidebarOf(isAdmin).map((group) => (
          <ul key={group[0]?.path}>
            {group.map(({ path, name, icon }) => (
              <li key={path}>
                <Link href={path} className={style['link']} aria-current={isAt(path) ? 'page' : undefined}>
                  <Icon name={icon} />
                  {say(name)}
                </Link>
              </li>
            ))}
          </ul>
        ))}
      </div>
      <p className={style['version']}>Ferry {version}</p>
    </nav>
  );
}
