import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { ConnectionBar } from './connection-bar.tsx';
import { Sidebar } from './sidebar.tsx';
import { TaskLog } from './task-log.tsx';
import { TopBar } from './top-bar.tsx';
import { useText } from '../i18n/text.tsx';
import style from './shell.module.css';

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
