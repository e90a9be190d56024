import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useConnection } from '../api/live.ts';
import { useMay, useSession } from '../api/queries.ts';
import { time } from '../i18n/format.ts';
import { useText } from '../i18n/text.tsx';
import { sidebarOf } from '../pages/pages.tsx';
import { Icon } from '../ui/icon.tsx';
import barStyle from './connection-bar.module.css';
import style from './shell.module.css';
import sidebarStyle from './sidebar.module.css';
import { TaskLog } from './task-log.tsx';
import { TopBar } from './top-bar.tsx';

/** Says that what is shown may be old, and since when. Nothing while all is well. */
function ConnectionBar(): ReactNode {
  const connection = useConnection();
  const { say, language } = useText();
  return (
    <div role="status" className={barStyle['bar']} data-kind={connection.kind}>
      {connection.kind === 'offline'
        ? say('connection.offline', { since: time(connection.since, language) })
        : null}
    </div>
  );
}

/** What there is, and nothing that is still to come. */
function Sidebar(): ReactNode {
  const { say } = useText();
  const [location] = useLocation();
  const isAt = (path: string): boolean =>
    location.startsWith(path) || (path === '/fleet' && location.startsWith('/instances'));
  const isAdmin = useMay('admin');
  const version = useSession().data?.version ?? '';
  return (
    <nav className={sidebarStyle['side']} aria-label={say('shell.pages')}>
      <div>
        {sidebarOf(isAdmin).map((group) => (
          <ul key={group[0]?.path}>
            {group.map(({ path, name, icon }) => (
              <li key={path}>
                <Link
                  href={path}
                  className={sidebarStyle['link']}
                  aria-current={isAt(path) ? 'page' : undefined}
                >
                  <Icon name={icon} />
                  {say(name)}
                </Link>
              </li>
            ))}
          </ul>
        ))}
      </div>
      <p className={sidebarStyle['version']}>Ferry {version}</p>
    </nav>
  );
}

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }));

/** The four regions that never leave: top bar, sidebar, work, task log. */
export function Shell({ children }: { readonly children: ReactNode }): ReactNode {
  const { say } = useText();
  const [asks, setAsks] = useState(false);
  useEffect(() => {
    const heard = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setAsks((open) => !open);
    };
    window.addEventListener('keydown', heard);
    return () => window.removeEventListener('keydown', heard);
  }, []);
  return (
    <div className={style['shell']}>
      <a className={style['skip']} href="#work">
        {say('shell.skip')}
      </a>
      <TopBar onSearch={() => setAsks(true)} />
      <Sidebar />
      <main id="work" className={style['work']} tabIndex={-1}>
        <ConnectionBar />
        <div className={style['scroll']}>{children}</div>
      </main>
      <TaskLog />
      {asks ? (
        <Suspense>
          <Palette onClose={() => setAsks(false)} />
        </Suspense>
      ) : null}
    </div>
  );
}
